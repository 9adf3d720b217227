"""`certify evidence`: writes the evidence pack of a campaign, and verifies one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import invocation, render
from pipeline.cli.commands.review import NAME
from pipeline.cli.invocation import Invocation
from pipeline.problems import ExitCode

evidence_app = typer.Typer(name="evidence", rich_markup_mode=None, pretty_exceptions_enable=False)


def export(
    invocation: Invocation,
    name: NAME,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Default: exports/evidence in the home.", show_default=False),
    ] = None,
) -> ExitCode:
    """Write what an auditor needs of a campaign: a folder and a zip file, with hashes and a script that verifies them.

    Every export has a name of its own. Keep the digest it prints apart from the pack.
    """
    from pipeline.certification.evidence import export as exported
    from pipeline.settings import load_settings

    settings = load_settings(invocation.home, invocation.environ)
    pack = exported(invocation.home, name, settings, out, invocation.now)
    output = invocation.output
    if not output.json:
        output.data(f"{pack.folder}\n{pack.archive}\n")
        output.note(f"{pack.files} files. SHA-256 of the manifest: {pack.digest}")
        output.note(f"To verify it: {invocation.program} evidence verify {pack.archive}")
    return invocation.finish(
        {"folder": str(pack.folder), "archive": str(pack.archive), "digest": pack.digest, "files": pack.files}
    )


def verify(
    invocation: Invocation,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The folder or the zip file.")],
    digest: Annotated[
        str,
        typer.Option(
            "--digest", metavar="SHA256", help="Of the manifest, as the export printed it.", show_default=False
        ),
    ] = "",
) -> ExitCode:
    """Verify that a pack is as it was written. Exit code 6 names each difference.

    The pack's own verify.py does the same with nothing but Python.
    """
    from pipeline.certification.verify_pack import verify as verified

    found, files, problems = verified(path, digest.lower())
    output = invocation.output
    if not output.json:
        for problem in problems:
            output.data(f"not as written: {render.visible(problem)}\n")
        if not problems:
            output.note(f"{files} files, each as written. SHA-256 of the manifest: {found}")
    code = ExitCode.REFUSED if problems else ExitCode.OK
    return invocation.finish(
        {"verifies": not problems, "files": files, "digest": found, "differences": problems}, code=code
    )


COMMANDS = (
    ("export", export, "Write the evidence of a campaign."),
    ("verify", verify, "Verify a pack."),
)
for name, function, in_short in COMMANDS:
    evidence_app.command(name, short_help=in_short)(invocation.command(function))


@evidence_app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """The evidence of access reviews, for auditors."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
