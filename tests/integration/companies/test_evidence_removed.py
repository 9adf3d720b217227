"""Evidence that is gone never makes a verdict surer: what is not known any more is unknown."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.integration.companies.compiled import Project
from tests.integration.companies.generate import generate
from tests.integration.companies.removing import Raw, less

SEVERITIES = ("info", "low", "medium", "high", "critical")
ASKED = {
    "activity": "select account_key, activity from inventory.accounts",
    "stale": "select credential_key, is_stale from inventory.credentials",
    # A closed gate makes every verdict unknown.
    "ownership": "select account_key, case when is_open then verdict else 'unknown' end"
    " from intermediate.int_ownership_judged"
    " cross join intermediate.int_verdict_gates where gate = 'orphaned_accounts'",
    "contradicted": "select account_key, check_name from operations.self_check_failures",
    "severity": "select finding_id, severity from findings.all_findings where status = 'open'",
    "duplicates": "select account_key, coverage from findings.all_findings"
    " where status = 'open' and finding_type = 'duplicate_identity'",
}
Verdicts = dict[str, dict[str, Any]]


def verdicts(project: Project, raw: Raw) -> Verdicts:
    published = project.build(raw)
    return {name: dict(published.rows(query)) for name, query in ASKED.items()}


def surer(before: Verdicts, after: Verdicts, *, is_directory: bool) -> list[str]:
    """What became surer, in words."""
    found = []
    for key, now in after["activity"].items():
        was = before["activity"].get(key, now)
        if now not in (was, "unknown"):
            found.append(f"{key} was {was} and is {now}")
    for key, now in after["stale"].items():
        if now is not None and now != before["stale"].get(key, now):
            found.append(f"stale of {key} was {before['stale'][key]} and is {now}")
    for key, now in after["ownership"].items():
        was = before["ownership"].get(key, now)
        # Who is known by another directory alone is not known without it.
        lost = was == "owned" and now == "orphaned" and not is_directory
        if now != was and (was == "unknown" or lost):
            found.append(f"{key} was {was} and is {now}")
    for key, now in after["severity"].items():
        if SEVERITIES.index(now) > SEVERITIES.index(before["severity"].get(key, now)):
            found.append(f"severity of {key} was {before['severity'][key]} and is {now}")
    new = after["duplicates"].keys() - before["duplicates"].keys()
    found += [f"{key} is a duplicate" for key in new if after["duplicates"][key] == "full" and not is_directory]
    return found


def check(project: Project, number: int) -> None:
    raw = generate(number).raw()
    fewer, what = less(raw, random.Random(number))
    before, after = verdicts(project, raw), verdicts(project, fewer)
    for key in before["contradicted"]:  # with one of its two sides unread there is no contradiction any more
        after["activity"].pop(key, None)
        after["ownership"].pop(key, None)
        after["stale"] = {each: now for each, now in after["stale"].items() if not each.startswith(f"{key}:")}
    found = surer(before, after, is_directory=what.endswith("never read"))
    assert not found, f"company {number}, {what}: {found}"


def test_less_evidence_makes_nothing_surer(project: Project) -> None:
    for number in range(500, 504):
        check(project, number)


@pytest.mark.soak
@pytest.mark.parametrize("block", range(20))
def test_less_evidence_makes_nothing_surer_in_many_companies(project: Project, block: int) -> None:
    for number in range(5000 + 20 * block, 5000 + 20 * block + 20):
        check(project, number)
