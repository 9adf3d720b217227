"""What every command shares: global options, the JSON envelope, exit codes, and where tracebacks go."""

from __future__ import annotations

import functools
import inspect
import os
import shlex
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from pipeline import __version__
from pipeline.cli import logs, render
from pipeline.cli.interrupts import INTERRUPTS
from pipeline.cli.output import Output
from pipeline.disk_space import disk_full, is_full
from pipeline.home import Home, private_write
from pipeline.problems import CertifyError, ExitCode, Problem

SCHEMA_VERSION = 1
"""Of every JSON document; it grows when a key changes its meaning or goes, not when one is added."""

EVERYWHERE = "Options of every command"


def _options(
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", metavar="DIR", help="The workspace. Default: $CERTIFY_HOME, else ./.certify", show_default=False
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout instead of tables.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only data, warnings and errors.")] = False,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, metavar="", help="Log more; twice for all.", show_default=False),
    ] = 0,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours (so does NO_COLOR).")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask anything.")] = False,
) -> None:
    """Only its signature is used: the options of every command, before or after the command's name."""


@dataclass(frozen=True)
class GlobalOptions:
    """The values of those options."""

    home: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: int = 0
    no_color: bool = False
    no_input: bool = False

    def over(self, earlier: GlobalOptions) -> GlobalOptions:
        """These, where given; else what was given before the command's name."""
        merged = {name: value or getattr(earlier, name) for name, value in asdict(self).items()}
        return GlobalOptions(**merged)


@dataclass(frozen=True)
class Invocation:
    """One command being carried out. `now` is the only reading of the clock in it."""

    command: str
    home: Home
    output: Output
    environ: Mapping[str, str]
    chosen: GlobalOptions
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def program(self) -> str:
        """How `certify` is called from here, on this home; to be shown in front of a command."""
        called, found = Path(sys.argv[0]).absolute(), shutil.which("certify")
        name = "certify"
        if called.name == "certify" and (found is None or not Path(found).samefile(called)):
            name = os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)
        elsewhere = self.home.root != Home.locate(None, self.environ).root
        return f"{name} --home {shlex.quote(str(self.home.root))}" if elsewhere else name

    @property
    def may_ask(self) -> bool:
        return not self.chosen.no_input and sys.stdin.isatty()

    def finish(
        self, document: Mapping[str, Any], *, problems: Sequence[Problem] = (), code: ExitCode = ExitCode.OK
    ) -> ExitCode:
        """With `--json`, print the document in its envelope; say the exit code in it, and return it."""
        if self.output.json:
            envelope = {
                "schema_version": SCHEMA_VERSION,
                "command": self.command,
                "certify_version": __version__,
                "home": str(self.home.root),
                "exit_code": int(code),
                "problems": [problem_document(problem) for problem in problems],
            }
            self.output.document({**envelope, **document})
        return code


def problem_document(problem: Problem) -> dict[str, Any]:
    """A problem as JSON documents show it: code, connection, message, remedy, exit_code, action, error_code."""
    return {**asdict(problem), "exit_code": int(problem.exit_code)}


def shared_parameters() -> list[inspect.Parameter]:
    """The shared options as parameters of a typer function."""
    parameters = inspect.signature(_options, eval_str=True).parameters.values()
    return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]


def command(function: Callable[..., ExitCode]) -> Callable[..., None]:
    """A typer command out of `function(invocation, ...)`: with the shared options, and every ending a user can meet."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)

    @functools.wraps(function)
    def framed(context: typer.Context, **values: Any) -> None:
        chosen = GlobalOptions(**{name: values.pop(name) for name in GlobalOptions.__dataclass_fields__})
        if values.get("format_") == "json":
            chosen = replace(chosen, json=True)  # from here on the two ways to ask for JSON are one
        invocation = _invocation(context.command_path.partition(" ")[2], chosen.over(context.obj or GlobalOptions()))
        raise typer.Exit(_carried_out(invocation, function, values))

    del framed.__wrapped__  # or typer would look through to the signature without the shared options
    framed.__signature__ = inspect.Signature([context, *own, *shared_parameters()])  # type: ignore[attr-defined]
    framed.__annotations__ = {}
    return framed


def _invocation(name: str, chosen: GlobalOptions) -> Invocation:
    environ = os.environ
    output = Output(environ, json=chosen.json, quiet=chosen.quiet, color=not chosen.no_color)
    logs.configure(chosen.verbose, output.stderr)
    return Invocation(name, Home.locate(chosen.home, environ), output, environ, chosen)


def _carried_out(invocation: Invocation, function: Callable[..., ExitCode], values: dict[str, Any]) -> ExitCode:
    INTERRUPTS.watch()
    try:
        return function(invocation, **values)
    except (TyperException, typer.Exit, typer.Abort):
        raise  # about the command line, or an answer at the terminal: `main` ends those
    except CertifyError as error:
        if INTERRUPTS.pressed():
            return _interrupted(invocation)
        return _refused(
            invocation, disk_full(invocation.home.root) if is_full(error, invocation.home.root) else error.problem
        )
    except KeyboardInterrupt:
        return _interrupted(invocation)
    except Exception as error:  # the outermost caller: nothing above this line could say anything useful
        # A library that was stopped half-way may fail in any way.
        if INTERRUPTS.pressed():
            return _interrupted(invocation)
        if is_full(error, invocation.home.root):
            return _refused(invocation, disk_full(invocation.home.root))
        return _unexpected(invocation, error)


def _refused(invocation: Invocation, problem: Problem) -> ExitCode:
    invocation.output.problem(problem)
    return invocation.finish({}, problems=[problem], code=problem.exit_code)


def _interrupted(invocation: Invocation) -> ExitCode:
    invocation.output.warn("stopped before it was done", label="interrupted")
    return ExitCode.INTERRUPTED


def _unexpected(invocation: Invocation, error: Exception) -> ExitCode:
    trace = logs.redact(traceback.format_exc())
    where = _kept(invocation, trace)
    message = logs.redact(
        f"unexpected {type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
    )
    problem = Problem(
        code="unexpected",
        connection="",
        message=message,
        remedy=f"this is a defect of certify; report it with the traceback in {where} (-v prints it)",
        exit_code=ExitCode.UNEXPECTED,
    )
    if invocation.chosen.verbose:
        invocation.output.warn(trace, label="traceback", style="dim")
    invocation.output.problem(problem)
    return invocation.finish({}, problems=[problem], code=ExitCode.UNEXPECTED)


def _kept(invocation: Invocation, trace: str) -> Path:
    """The file that holds the traceback: in the home, or in the temporary folder where there is no home to write to."""
    folder = invocation.home.root / "errors"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{invocation.now:%Y%m%dT%H%M%S%fZ}.txt"
        private_write(path, trace)
    except OSError:
        descriptor, name = tempfile.mkstemp(prefix="certify-", suffix=".txt")
        with os.fdopen(descriptor, "w", errors="backslashreplace") as stream:
            stream.write(trace)
        path = Path(name)
    return path


def usage_failed(arguments: Sequence[str], message: str, path: str) -> ExitCode:
    """The ending of a command line that cannot be read: one line, and where to look."""
    output = Output(os.environ, json="--json" in arguments, color="--no-color" not in arguments)
    output.warn(f"{message}\nTry '{path} --help'.", label="error", style="bold red")
    if output.json:
        problem = Problem("usage", "", message, f"{path} --help", ExitCode.CONFIGURATION)
        name = path.removeprefix("certify").strip()
        output.document(
            {
                "schema_version": SCHEMA_VERSION,
                "command": render.visible(name),
                "certify_version": __version__,
                "exit_code": int(ExitCode.CONFIGURATION),
                "problems": [problem_document(problem)],
            }
        )
    return ExitCode.CONFIGURATION
