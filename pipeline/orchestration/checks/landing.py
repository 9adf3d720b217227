"""The checks on landed directories, as Dagster shows them: for each connection, and one that sums up the run.

Belongs here: check specs, and verdicts turned into Dagster's events and tables.
Does not belong here: reaching a verdict (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from pipeline.orchestration.checks.verdicts import CHECKS, Verdict

FEW = 10
"""Up to so many connections all checks of each are recorded; of more, those that fail and those that changed."""


def check_specs(kind: str, key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """The checks of a kind. None of them blocks: a connection that fails must not stop the others' findings."""
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, text in CHECKS[kind].items()]


def evaluation(key: dg.AssetKey, verdict: Verdict) -> dg.AssetCheckEvaluation:
    """One verdict on one connection, recorded for its partition."""
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=verdict.check,
        passed=verdict.state == "passed",
        severity=_severity([verdict]),
        description=f"{verdict.connection}: {verdict.summary}",
        metadata=_metadata([verdict]),
        partition=verdict.connection,
    )


def worth_recording(verdict: Verdict, before: Verdict | None, *, connections: int) -> bool:
    """Whether a verdict is recorded for its partition: each costs, and of many most say the same as ever."""
    if connections <= FEW or verdict.state == "failed":
        return True
    return before is not None and before.state != verdict.state


def summed_up(kind: str, key: dg.AssetKey, verdicts: Sequence[dict[str, Verdict]]) -> Iterator[dg.AssetCheckResult]:
    """One result a check for the whole run, whose table names the connections that are at fault."""
    for name in CHECKS[kind]:
        of_check = [each[name] for each in verdicts]
        bad = [verdict for verdict in of_check if verdict.state != "passed"]
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=name,
            passed=not bad,
            severity=_severity(bad),
            description=_in_one_line(of_check),
            metadata=_metadata(bad),
        )


def _in_one_line(verdicts: Sequence[Verdict]) -> str:
    bad = [verdict for verdict in verdicts if verdict.state != "passed"]
    if not bad:
        return f"all {len(verdicts)} connections pass" if len(verdicts) > 1 else verdicts[0].summary
    worst = next((verdict for verdict in bad if verdict.state == "failed"), bad[0])
    others = f" (and {len(bad) - 1} more of {len(verdicts)})" if len(bad) > 1 else ""
    return f"{worst.connection}: {worst.summary}{others}"


def _severity(verdicts: Sequence[Verdict]) -> dg.AssetCheckSeverity:
    """What was merely not tried is a warning: the check that stopped the read is the error."""
    failed = any(verdict.state == "failed" for verdict in verdicts)
    return dg.AssetCheckSeverity.ERROR if failed or not verdicts else dg.AssetCheckSeverity.WARN


def _metadata(verdicts: Sequence[Verdict]) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {}
    problems = [verdict for verdict in verdicts if verdict.state != "passed"]
    if problems:
        metadata["connections"] = _table(
            [
                {
                    "connection": verdict.connection,
                    "state": verdict.state.replace("_", " "),
                    "code": verdict.problem.code if verdict.problem else "",
                    "error_code": verdict.problem.error_code if verdict.problem else "",
                    "what": verdict.summary,
                    "remedy": verdict.problem.remedy if verdict.problem else "",
                }
                for verdict in problems
            ]
        )
    actions = [
        {
            "connection": verdict.connection,
            "action": action.action,
            "outcome": action.outcome,
            "error_code": action.error_code,
            "hides": _hides(verdict, action.action, action.needed_for),
            "remedy": action.remedy,
        }
        for verdict in verdicts
        for action in verdict.actions
    ]
    if actions:
        metadata["actions"] = _table(actions)
    return metadata


def _hides(verdict: Verdict, action: str, needed_for: str) -> str:
    if verdict.hidden is None or (verdict.state == "failed" and verdict.problem is not None):
        return needed_for
    count = sum(count for gap, count in verdict.hidden.items() if gap.rpartition(" ")[0] == action)
    return f"{count:,} facts: {needed_for}" if count else "nothing; it was read in another way"


def _table(rows: list[dict[str, str]]) -> dg.TableMetadataValue:
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in rows[0]])
    return dg.TableMetadataValue(records=[dg.TableRecord(row) for row in rows], schema=schema)
