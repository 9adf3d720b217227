"""Asset checks of landed directories, for each connection and for the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from pipeline.orchestration.checks.check_results import CheckResult, State, checks_of

FEW = 10
"""Up to so many connections all checks of each are recorded; of more, those that fail and those that changed."""

NOT_PASSING, PASSING = "connections", "passing"
"""Metadata of the evaluation that sums up: a table of the connections that do not pass, and the names of the others."""

Found = Mapping[str, Mapping[str, CheckResult]]
"""Verdicts by connection and check."""

_RANK: Mapping[State, int] = {"passed": 0, "not_tried": 1, "failed": 2}


def check_specs(kind: str, key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """The checks of a kind. None of them blocks: a connection that fails must not stop the others' findings."""
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, text in checks_of(kind).items()]


def evaluations(
    kind: str, key: dg.AssetKey, found: Found, before: Found, others: Found
) -> Iterator[dg.AssetCheckEvaluation]:
    """What a run records of the connections it read (`found`), given what was known of each `before`, and of `others`.

    For each check first one that sums up all connections, then one for a connection, its partition. Dagster shows the
    state of a check as that of its latest evaluation. So a connection that fails is told last, and one that was not
    read this time and still fails is told again: an asset must not look healthy because the run left out what is not.
    """
    for name in checks_of(kind):
        of_run = [verdicts[name] for verdicts in found.values()]
        of_others = [verdicts[name] for verdicts in others.values()]
        yield _summed_up(key, name, [*of_run, *of_others])
        told = [verdict for verdict in of_run if _worth_telling(verdict, before.get(verdict.connection), len(of_run))]
        yield from (_evaluation(key, verdict) for verdict in sorted(told, key=lambda verdict: _RANK[verdict.state]))
        if not any(verdict.state == "failed" for verdict in of_run):
            failing = [verdict for verdict in of_others if verdict.state == "failed"]
            yield from (_evaluation(key, verdict) for verdict in failing[:1])


def _worth_telling(verdict: CheckResult, before: Mapping[str, CheckResult] | None, connections: int) -> bool:
    """Each one costs, and of many most say the same as ever."""
    if connections <= FEW or verdict.state == "failed":
        return True
    return before is not None and before[verdict.check].state != verdict.state


def _evaluation(key: dg.AssetKey, verdict: CheckResult) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=verdict.check,
        passed=verdict.state == "passed",
        severity=_severity([verdict]),
        description=f"{verdict.connection}: {verdict.summary}",
        metadata=_metadata([verdict]),
        partition=verdict.connection,
    )


def _summed_up(key: dg.AssetKey, check: str, verdicts: Sequence[CheckResult]) -> dg.AssetCheckEvaluation:
    bad = [verdict for verdict in verdicts if verdict.state != "passed"]
    passing = sorted(verdict.connection for verdict in verdicts if verdict.state == "passed")
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=check,
        passed=not bad,
        severity=_severity(bad),
        description=_in_one_line(verdicts),
        metadata={**_metadata(bad), PASSING: dg.MetadataValue.json(passing)},
    )


def _in_one_line(verdicts: Sequence[CheckResult]) -> str:
    bad = [verdict for verdict in verdicts if verdict.state != "passed"]
    if not bad:
        return f"all {len(verdicts)} connections pass" if len(verdicts) > 1 else verdicts[0].summary
    worst = next((verdict for verdict in bad if verdict.state == "failed"), bad[0])
    others = f" (and {len(bad) - 1} more of {len(verdicts)})" if len(bad) > 1 else ""
    return f"{worst.connection}: {worst.summary}{others}"


def _severity(verdicts: Sequence[CheckResult]) -> dg.AssetCheckSeverity:
    """What was merely not tried is a warning: the check that stopped the read is the error."""
    worst = max((verdict.state for verdict in verdicts), key=_RANK.__getitem__, default="passed")
    return dg.AssetCheckSeverity.WARN if worst == "not_tried" else dg.AssetCheckSeverity.ERROR


def _metadata(verdicts: Sequence[CheckResult]) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {}
    problems = [verdict for verdict in verdicts if verdict.state != "passed"]
    if problems:
        metadata[NOT_PASSING] = _table(
            [
                {
                    "connection": verdict.connection,
                    "state": verdict.state.replace("_", " "),
                    "code": verdict.code,
                    "error_code": verdict.error_code,
                    "what": verdict.summary,
                    "remedy": verdict.remedy,
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
            "hides": verdict.hides(action),
            "remedy": action.remedy,
        }
        for verdict in verdicts
        for action in verdict.actions
    ]
    if actions:
        metadata["actions"] = _table(actions)
    return metadata


def _table(rows: list[dict[str, str]]) -> dg.TableMetadataValue:
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in rows[0]])
    return dg.TableMetadataValue(records=[dg.TableRecord(row) for row in rows], schema=schema)
