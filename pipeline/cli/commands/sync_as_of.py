"""`certify sync --as-of`: what would have been found at another instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.instants import instant
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.cli.progress import shown
from pipeline.home import Home
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from pipeline.connections.models import Connection
    from pipeline.landing.manifest import Manifest
    from pipeline.time_travel import TimeTravel

AS_OF = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="T",
        help="Of this instant instead of the last sync; `certify sync --as-of T` judges it first.",
        show_default=False,
    ),
]
SNAPSHOTS = [Column("connection"), Column("result"), Column("accounts", right=True), Column("read at")]
NONE = "no snapshot"


def judge_and_show(invocation: Invocation, names: Sequence[str], then: datetime) -> ExitCode:
    """Judge every connection as of `then`, and show what that rests on and what was found."""
    from pipeline.cli.commands.sync_summary import counted, show_counted, standing
    from pipeline.connections.yaml_file import choose, load_connections
    from pipeline.landing.store import Landing
    from pipeline.settings import load_settings
    from pipeline.time_travel import judge_as_of

    home, output = invocation.home, invocation.output
    home.ensure()
    connections = load_connections(home, invocation.environ)
    chosen = [each.name for each in choose(connections, names, home)]
    settings = load_settings(home, invocation.environ)
    with shown(output) as progress:
        travel = judge_as_of(
            home,
            Landing.of(home, settings, invocation.environ),
            connections,
            settings,
            then=then,
            now=invocation.now,
            named=chosen,
            on_node=lambda _, done, total: progress("", "build", done, total),
        )
    reads = [_read(each, travel.snapshots.get(each.name)) for each in connections if each.name in chosen]
    found = counted(None, standing(travel.home) or {}) if travel.home else []
    if not output.json:
        output.table(SNAPSHOTS, [[row[key] for key in ("name", "result", "accounts", "as_of")] for row in reads])
        if found:
            show_counted(output, found)
        for problem in travel.problems:
            output.problem(problem)
        _tell_next(invocation, travel)
    document = {
        "judged_as_of": then,
        "file": str(travel.home.published) if travel.home else None,
        "connections": reads,
        "findings": found,
        "published": False,
    }
    return invocation.finish(document, problems=travel.problems, code=travel.exit_code)


def asked(home: Home, as_of: str | None) -> Home:
    """The home a question is put to: as it was judged for that instant, where one is given.

    Raises ConfigurationError when that instant was not judged yet.
    """
    if as_of is None:
        return home
    from pipeline.time_travel import judged_before

    return judged_before(home, instant(as_of, "--as-of"))


def _read(connection: Connection, manifest: Manifest | None) -> dict[str, Any]:
    return {
        "name": connection.name,
        "kind": connection.kind,
        "result": "judged" if manifest else NONE,
        "accounts": manifest.rows if manifest else None,
        "snapshot_id": manifest.snapshot_id if manifest else None,
        "as_of": manifest.as_of if manifest else None,
    }


def _tell_next(invocation: Invocation, travel: TimeTravel) -> None:
    if travel.home is None:
        return
    then = f"{travel.judged_as_of:%Y-%m-%dT%H:%M:%S.%f}".removesuffix(".000000") + "Z"
    invocation.output.note(
        f"\nJudged as of {then} in {travel.home.published}; what is published stays as it was.\n"
        f"Next: {invocation.program} findings --as-of {then}"
    )
