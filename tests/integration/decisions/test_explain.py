"""An explanation adds up as the tables do, and says exactly what would change the verdict."""

from __future__ import annotations

import pytest

from pipeline.decisions.counterfactuals import counterfactuals
from pipeline.decisions.explain import explain
from pipeline.home import Home
from pipeline.ledger.store import Ledger
from tests.integration.decisions.company import change
from tests.unit.ledger.deciding import NOW, decision


def would_change(home: Home, key: str) -> list[tuple[str, str]]:
    return [(turn.text, turn.arguments) for turn in counterfactuals(explain(home, key, NOW))]


def test_evidence_counts_once_a_family_and_what_speaks_against_it_is_a_factor(home: Home) -> None:
    found = explain(home, "aws:JAN", NOW)
    jan, jana = found.candidates
    assert (jan.name, jan.person, jan.families, jan.factors) == ("Jan Novák", "people:E2", {"name": 0.5}, {})
    assert (jan.confidence, jan.odds) == (0.5, 1.0)
    assert [row["rule"] for row in jan.evidence] == ["username_pattern", "full_name"]
    assert (jana.families, jana.factors, jana.confidence) == ({"name": 0.7}, {"outside_employment": 0.5}, 0.35)
    assert found.lead == pytest.approx(1 / (0.35 / 0.65))
    assert found.limits == {"assignment_confidence": 0.6, "assignment_odds": 3}


def test_independent_families_add_up(home: Home) -> None:
    change(
        home,
        "insert into identity.match_evidence values ('aws:JAN', 'p-jan', 'Jan Novák', 'identity', 'owner_tag', 'owner',"
        " 0.8, 'jan', 'jan', 'jan')",
    )
    assert explain(home, "aws:JAN", NOW).candidates[0].confidence == pytest.approx(1 - 0.5 * 0.2)


def test_an_ambiguous_account_needs_so_much_evidence_of_such_a_kind_or_one_of_these_decisions(home: Home) -> None:
    needed = 3 * (0.35 / 0.65) / (1 + 3 * (0.35 / 0.65))
    missing = 1 - (1 - needed) / 0.5
    evidence = f"{needed:.2f} are needed: evidence for Jan Novák of another kind, worth {missing:.2f} or more"
    assert would_change(home, "aws:JAN") == [
        (f"{evidence}, such as email (0.97), employee_id (0.95), owner_tag (0.80)", ""),
        ("if it is Jan Novák (jan@example.com)'s", "identity link aws:JAN people:E2 --reason TEXT"),
        ("if it is Jana Nová's", "identity link aws:JAN people:E3 --reason TEXT"),
        ("if it is somebody else's", "identity link aws:JAN PERSON --reason TEXT"),
        ("if it is no person's own", "identity kind aws:JAN service --reason TEXT"),
    ]


def test_what_speaks_against_the_best_candidate_is_told_where_it_decides(home: Home) -> None:
    change(home, "delete from identity.match_evidence where candidate = 'p-jan' and account_key = 'aws:JAN'")
    first, second, *_ = would_change(home, "aws:JAN")
    assert first[0] == "without outside_employment (x 0.5) Jana Nová would be at 0.70, and 0.60 are needed"
    assert second[0] == "0.60 are needed; what speaks against Jana Nová leaves no room for that"


def test_an_assigned_account_can_be_told_apart_or_nailed_down(home: Home) -> None:
    assert would_change(home, "aws:ADA") == [
        ("if it is not Ada Byron's", "identity unlink aws:ADA ad:ada --reason TEXT"),
        ("if it is, whatever the evidence says in future", "identity link aws:ADA ad:ada --reason TEXT"),
        ("if it is no person's own", "identity kind aws:ADA service --reason TEXT"),
    ]


def test_an_account_nobody_fits_and_a_service_name_their_decisions(home: Home) -> None:
    assert would_change(home, "aws:LEGACY") == [
        ("if it is somebody's", "identity link aws:LEGACY PERSON --reason TEXT"),
        ("if it is no person's own", "identity kind aws:LEGACY service --reason TEXT"),
    ]
    assert would_change(home, "aws:DEPLOY") == [
        ("if Jan Novák (jan@example.com) answers for it", "identity owner aws:DEPLOY people:E2 --reason TEXT"),
        ("if somebody else answers for it", "identity owner aws:DEPLOY PERSON --reason TEXT"),
        ("if it is a person's own", "identity kind aws:DEPLOY human --reason TEXT"),
    ]
    assert would_change(home, "aws:ROOTS") == [
        ("if it is a person's own", "identity kind aws:ROOTS human --reason TEXT")
    ]


def test_a_decision_in_force_rules_and_says_how_it_is_undone(home: Home) -> None:
    link = decision("link", "aws:ADA", "people:E1")
    over = decision("kind", "aws:ADA", "human", decided_at=NOW.replace(year=2020), expires_at=NOW)
    with Ledger.of(home).writing() as writer:
        writer.record(link)
        writer.record(over)
    change(home, "update identity.identity_accounts set status = 'manual' where account_key = 'aws:ADA'")
    found = explain(home, "aws:ADA", NOW)
    assert [entry.decision for entry in found.decisions] == [link]
    assert [(turn.text, turn.arguments) for turn in counterfactuals(found)] == [
        ("the decision to link it", f"identity undo {link.decision_id} --reason TEXT")
    ]


def test_a_row_of_a_roster_is_mended_in_the_roster(home: Home) -> None:
    [(text, command)] = would_change(home, "people:E1")
    assert "row of a roster" in text
    assert command == ""


def test_a_key_that_a_shell_would_run_is_quoted_in_the_command(home: Home) -> None:
    change(
        home,
        "insert into inventory.accounts values"
        " ('aws:$(rm x)', 'aws', 'x', 'x', null, null, null, 'unknown', null, false);"
        "insert into identity.identity_accounts values"
        " ('aws:$(rm x)', 'aws', null, 'unmatched', null, null, null, false, null, '2026-11-24')",
    )
    assert would_change(home, "aws:$(rm x)")[0][1] == "identity link 'aws:$(rm x)' PERSON --reason TEXT"
