"""Summarises a sync: a line for each connection, the findings, and the next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.cli.commands.findings import tell_limits
from pipeline.cli.interrupts import INTERRUPTS
from pipeline.cli.invocation import Invocation, problem_document
from pipeline.cli.output import Column, Output
from pipeline.cli.progress import shown
from pipeline.home import Home
from pipeline.problems import ExitCode
from pipeline.warehouse import coverage_summary
from pipeline.warehouse.finding_terms import FindingKind, Severity

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
STANDING = (
    "select finding_id, finding_type, severity, status from findings.all_findings where status in ('open', 'excepted')"
)


def sync_and_show(
    invocation: Invocation,
    names: Sequence[str] = (),
    accept_shrink: Sequence[str] = (),
    *,
    fresh: bool = False,
) -> tuple[dict[str, Any], SyncOutcome]:
    """Carry out a sync with progress, show what came of it, and give back the same as a document."""
    from pipeline.orchestration.run import run_sync

    before = standing(invocation.home)
    with shown(invocation.output) as progress:
        outcome = run_sync(invocation.home, names=names, accept_shrink=accept_shrink, fresh=fresh, progress=progress)
    if outcome.failure is not None and INTERRUPTS.pressed():
        raise KeyboardInterrupt  # what failed was only stopped
    reads = [_read(manifest) for manifest in outcome.manifests]
    after = standing(invocation.home) if outcome.published else None
    found = counted(before, after) if after is not None else []
    if not invocation.output.json:
        _show(invocation.output, reads, found, outcome)
        if after is not None:
            tell_limits(invocation.output, coverage_summary.limits(invocation.home, None))
            for problem in coverage_summary.standing_problems(invocation.home):
                invocation.output.warn(str(problem), label="problem")
    document = {"connections": reads, "findings": found, "published": bool(outcome.published)}
    document["quarantined"] = asdict(coverage_summary.quarantine(invocation.home))
    document["unknown_status_words"] = coverage_summary.unknown_status_words(invocation.home)
    document["dangling_decisions"] = coverage_summary.dangling_decisions(invocation.home)
    return {**document, "seconds": {stage: round(took, 2) for stage, took in outcome.seconds.items()}}, outcome


@dataclass(frozen=True)
class _Finding:
    """A finding that is true, whether somebody accepts it or not."""

    finding_type: str
    severity: str
    is_open: bool


def standing(home: Home) -> dict[str, _Finding] | None:
    """Every finding that is not resolved, by its id; None where nothing is published."""
    from pipeline.warehouse.query import is_published, query

    if not is_published(home):
        return None
    return {row[0]: _Finding(row[1], row[2], row[3] == "open") for row in query(home, STANDING).rows}


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


def counted(before: Mapping[str, _Finding] | None, after: Mapping[str, _Finding]) -> list[dict[str, Any]]:
    """Findings by type. `new` and `gone` compare what is true with what was published before; None the first time.

    A finding that somebody accepts is neither new nor gone when that begins or ends: it is as true as before.
    """
    rows = []
    for kind, name in coverage_summary.TYPES.items():
        of_type = {finding: found for finding, found in after.items() if found.finding_type == name}
        earlier = None if before is None else {key for key, found in before.items() if found.finding_type == name}
        severities = Counter(found.severity for found in of_type.values() if found.is_open)
        rows.append(
            {
                "kind": str(kind),
                "finding_type": name,
                "open": severities.total(),
                **{str(severity): severities[severity] for severity in Severity},
                "excepted": sum(not found.is_open for found in of_type.values()),
                "new": None if earlier is None else len(of_type.keys() - earlier),
                "gone": None if earlier is None else len(earlier - of_type.keys()),
            }
        )
    return rows


def _show(output: Output, reads: list[dict[str, Any]], found: list[dict[str, Any]], outcome: SyncOutcome) -> None:
    columns = ("name", "result", "accounts", "keys", "calls", "seconds")
    output.table(READS, [[row[column] for column in columns] for row in reads])
    if found:
        show_counted(output, found)
    for problem in outcome.problems:
        output.problem(problem)
    if excepted := sum(row["excepted"] for row in found):
        output.note(f"\nAccepted for now, and not counted: {excepted} (certify findings --status excepted)")
    if outcome.failure is None and outcome.published:
        took = sum(outcome.seconds.values())
        output.note(f"\nRead, judged and published in {took:.1f} s.")


def show_counted(output: Output, found: list[dict[str, Any]]) -> None:
    """Findings by type and severity, as a table below another one."""
    titles = {FindingKind.STALE: "stale accounts", FindingKind.STALE_CREDENTIALS: "stale credentials"}
    titles |= {FindingKind.ORPHANED: "orphaned accounts", FindingKind.DUPLICATES: "accounts of one person"}
    keys = ["open", *(str(severity) for severity in Severity), "new", "gone"]
    output.data("\n")
    output.table(FINDINGS, [[titles[FindingKind(row["kind"])], *(row[key] for key in keys)] for row in found])


def next_step(invocation: Invocation, code: ExitCode) -> None:
    """What to do now."""
    if code in (ExitCode.OK, ExitCode.PARTIAL):
        invocation.output.note(f"Next: {invocation.program} findings")
