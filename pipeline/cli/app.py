"""The `certify` command line application and its console script."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import TyperException

from pipeline import __version__
from pipeline.cli import invocation
from pipeline.cli.commands.connect import connect_app
from pipeline.cli.commands.dbt import dbt
from pipeline.cli.commands.demo import demo
from pipeline.cli.commands.doctor import doctor
from pipeline.cli.commands.evidence import evidence_app
from pipeline.cli.commands.exception import exception_app
from pipeline.cli.commands.findings import findings
from pipeline.cli.commands.identity import identity_app
from pipeline.cli.commands.ledger import ledger_app
from pipeline.cli.commands.remove_home import remove_home
from pipeline.cli.commands.review import review_app
from pipeline.cli.commands.review_packets import add_packets
from pipeline.cli.commands.sql import sql
from pipeline.cli.commands.status import status
from pipeline.cli.commands.sync import sync
from pipeline.cli.commands.test import test
from pipeline.cli.commands.ui import ui
from pipeline.problems import ExitCode

app = typer.Typer(
    name="certify",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: tuple[Callable[..., ExitCode], ...] = (test, sync, status, findings, sql, dbt, ui, doctor, demo, remove_home)
for each in COMMANDS:
    app.command()(invocation.command(each))
add_packets(review_app)
for group in (connect_app, identity_app, exception_app, review_app, evidence_app, ledger_app):
    app.add_typer(group)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"certify {__version__}")
        raise typer.Exit


VERSION = Annotated[
    bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
]


def _root(context: typer.Context, **chosen: Any) -> None:
    """Who really owns each login in your AWS accounts, which ones nobody uses, and who holds several.

    \b
    Start here:
      certify demo               a made-up company on an emulated AWS, on this machine only
      certify test               can the connected directories be read?
      certify sync               read them, judge, publish
      certify findings stale     what nobody uses
      certify identity explain   why an account is whose it is
      certify sql "select * from findings.all_findings"

    \b
    Exit codes: 0 ok, 1 unexpected error, 2 usage or configuration, 3 findings above --fail-on, 4 connection or
    permission, 5 some connections failed, 6 refused by a safety gate, 75 locked (try again), 130 interrupted.
    """
    del chosen["version"]  # it has answered already
    context.obj = invocation.GlobalOptions(**chosen)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)


_root.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=VERSION),
        *invocation.shared_parameters(),
    ]
)
app.callback(invoke_without_command=True)(_root)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return the exit code for the shell; prints no traceback unless asked with `-v`."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Unicode gets escapes, not an exception
            stream.reconfigure(errors="backslashreplace")
    try:
        ended = app(words, prog_name="certify", standalone_mode=False)
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except TyperException as error:
        context = getattr(error, "ctx", None)
        return invocation.usage_failed(words, error.format_message(), context.command_path if context else "certify")
    return int(ended or 0)


def run() -> NoReturn:
    """`main` as a process of its own. An interrupt ends it at once: threads stopped half-way are not waited for."""
    code = main()
    if code == ExitCode.INTERRUPTED:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # whoever read it may be gone
                stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    run()
