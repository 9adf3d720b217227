"""What came of a sync, for a person and for a program.

Belongs here: one line a connection, findings counted and compared with those before, and the next step.
Does not belong here: the sync (`orchestration.run`), and lists of findings (`findings`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.cli import judgements
from pipeline.cli.choices import Kind, Severity
from pipeline.cli.findings import tell_limits
from pipeline.cli.frame import Invocation, problem_document
from pipeline.cli.interrupts import INTERRUPTS
from pipeline.cli.output import Column, Output
from pipeline.cli.progress import shown
from pipeline.home import Home
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from pipeline.landing.manifest import Manifest
    from pipeline.sync import SyncOutcome

READS = [
    Column("connection"),
    Column("result"),
    Column("accounts", right=True),
    Column("keys", right=True),
    Column("calls", right=True),
    Column("seconds", right=True),
]
RESULTS = {"complete": "fresh", "failed": "failed", "held": "held"}
FINDINGS = [
    Column("finding"),
    Column("open", right=True),
    *(Column(severity, right=True) for severity in Severity),
    Column("new", right=True),
    Column("gone", right=True),
]
OPEN = "select finding_id, finding_type, severity from findings.all_findings where status = 'open'"


def sync_and_show(
    invocation: Invocation,
    names: Sequence[str] = (),
    as_of: datetime | None = None,
    accept_shrink: Sequence[str] = (),
) -> tuple[dict[str, Any], SyncOutcome]:
    """Carry out a sync with progress, show what came of it, and give back the same as a document."""
    from pipeline.orchestration.run import run_sync

    before = _open_findings(invocation.home)
    with shown(invocation.output) as progress:
        outcome = run_sync(invocation.home, names=names, as_of=as_of, accept_shrink=accept_shrink, progress=progress)
    if outcome.failure is not None and INTERRUPTS.pressed():
        raise KeyboardInterrupt  # what failed was only stopped
    reads = [_read(manifest) for manifest in outcome.manifests]
    after = _open_findings(invocation.home) if outcome.published else None
    found = _counted(before, after) if after is not None else []
    if not invocation.output.json:
        _show(invocation.output, reads, found, outcome)
        if after is not None:
            tell_limits(invocation.output, judgements.limits(invocation.home, None))
    document = {"connections": reads, "findings": found, "published": bool(outcome.published)}
    return {**document, "seconds": {stage: round(took, 2) for stage, took in outcome.seconds.items()}}, outcome


def _open_findings(home: Home) -> dict[str, tuple[str, str]] | None:
    """Type and severity of every open finding by its id; None where nothing is published."""
    from pipeline.warehouse.query import is_published, query

    return {row[0]: (row[1], row[2]) for row in query(home, OPEN).rows} if is_published(home) else None


def _read(manifest: Manifest) -> dict[str, Any]:
    rows = {name: table.rows for name, table in manifest.tables.items()}
    return {
        "name": manifest.connection,
        "kind": manifest.kind,
        "result": RESULTS[manifest.status],
        "accounts": manifest.rows,
        "keys": rows.get("access_keys"),
        "calls": manifest.calls,
        "seconds": round((manifest.finished_at - manifest.as_of).total_seconds(), 2),
        "snapshot_id": manifest.snapshot_id,
        "tables": rows,
        "problems": [problem_document(problem) for problem in manifest.problems],
    }


def _counted(
    before: Mapping[str, tuple[str, str]] | None, after: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """Open findings by type. `new` and `gone` compare with what was published before; None at the first time."""
    rows = []
    for kind, name in judgements.TYPES.items():
        of_type = {finding: severity for finding, (found, severity) in after.items() if found == name}
        earlier = None if before is None else {finding for finding, (found, _) in before.items() if found == name}
        severities = Counter(of_type.values())
        rows.append(
            {
                "kind": str(kind),
                "finding_type": name,
                "open": len(of_type),
                **{str(severity): severities[severity] for severity in Severity},
                "new": None if earlier is None else len(of_type.keys() - earlier),
                "gone": None if earlier is None else len(earlier - of_type.keys()),
            }
        )
    return rows


def _show(output: Output, reads: list[dict[str, Any]], found: list[dict[str, Any]], outcome: SyncOutcome) -> None:
    columns = ("name", "result", "accounts", "keys", "calls", "seconds")
    output.table(READS, [[row[column] for column in columns] for row in reads])
    if found:
        titles = {Kind.STALE: "stale accounts", Kind.STALE_CREDENTIALS: "stale credentials"}
        titles |= {Kind.ORPHANED: "orphaned accounts", Kind.DUPLICATES: "accounts of one person"}
        keys = ["open", *(str(severity) for severity in Severity), "new", "gone"]
        output.data("\n")
        output.table(FINDINGS, [[titles[Kind(row["kind"])], *(row[key] for key in keys)] for row in found])
    for problem in outcome.problems:
        output.problem(problem)
    if outcome.failure is None and outcome.published:
        took = sum(outcome.seconds.values())
        output.note(f"\nRead, judged and published in {took:.1f} s.")


def next_step(invocation: Invocation, code: ExitCode) -> None:
    """What to do now."""
    if code in (ExitCode.OK, ExitCode.PARTIAL):
        invocation.output.note(f"Next: {invocation.program} findings")
