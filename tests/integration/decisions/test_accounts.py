"""What people type is looked up: without doubt, or with every choice and nothing guessed."""

from __future__ import annotations

import pytest

from pipeline.decisions.account_lookup import account_named, finding_called, persons
from pipeline.home import Home
from pipeline.problems import CertifyError, ConfigurationError
from tests.integration.decisions.company import change


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("aws:ADA", "aws:ADA"),
        ("people:E1", "people:E1"),
        ("ada", "aws:ADA"),
        ("ADA", "aws:ADA"),
        (" ada@Example.com ", "aws:ADA"),
        ("deploy", "aws:DEPLOY"),
        ("aws:deploy", "aws:DEPLOY"),
        ("aws2:twice", "aws2:TWICE"),
        ("jan", "people:E2"),
    ],
)
def test_an_account_goes_by_its_key_or_by_a_name_only_it_has_outside_the_rosters(
    home: Home, name: str, key: str
) -> None:
    assert account_named(home, name).account_key == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("people:E1", "people:E1"),
        ("ada@example.com", "ad:ada"),
        ("e1", "ad:ada"),
        ("ada", "people:E1"),
        ("jana", "people:E3"),
        ("legacy", "aws:LEGACY"),
    ],
)
def test_a_person_goes_by_a_row_of_the_roster_and_several_rows_of_one_person_are_no_doubt(
    home: Home, name: str, key: str
) -> None:
    assert account_named(home, name, is_person=True).account_key == key


def test_a_name_that_two_accounts_have_lists_both(home: Home) -> None:
    with pytest.raises(ConfigurationError) as refused:
        account_named(home, "twice")
    assert refused.value.problem.code == "ambiguous_account"
    assert "aws2:TWICE (Twice @ aws2); aws:TWICE (twice @ aws)" in refused.value.problem.message


def test_a_name_that_two_persons_have_lists_both(home: Home) -> None:
    change(
        home,
        "update inventory.accounts set email = 'shared@example.com' where account_key in ('people:E2', 'people:E3')",
    )
    with pytest.raises(ConfigurationError, match=r"people:E2 .*; people:E3"):
        account_named(home, "shared@example.com", is_person=True)


def test_an_unknown_name_is_told_with_the_closest_ones(home: Home) -> None:
    with pytest.raises(ConfigurationError) as refused:
        account_named(home, "deplyo")
    assert refused.value.problem.code == "unknown_account"
    assert "the closest are aws:DEPLOY" in refused.value.problem.message
    with pytest.raises(ConfigurationError) as nobody:
        account_named(home, "%%")
    assert nobody.value.problem.message.endswith("called '%%'")


def test_an_account_that_has_no_such_field_is_not_found_by_an_empty_name(home: Home) -> None:
    for name in ("", " ", "None", "null"):
        with pytest.raises(ConfigurationError) as refused:
            account_named(home, name)
        assert refused.value.problem.code == "unknown_account"


def test_before_anything_was_published_there_is_nobody_to_decide_about(tmp_path: object, home: Home) -> None:
    home.published.unlink()
    with pytest.raises(CertifyError, match="Nothing has been published yet"):
        account_named(home, "ada")


def test_persons_are_the_rows_of_rosters(home: Home) -> None:
    assert persons(home) == {"people:E1": "p-ada", "ad:ada": "p-ada", "people:E2": "p-jan", "people:E3": "p-jana"}


def test_a_finding_goes_by_its_id_or_by_a_beginning_only_it_has(home: Home) -> None:
    assert finding_called(home, "f00d1234aaaa").summary == "ada has a stale key"
    assert finding_called(home, "f00d1234a").account_key == "aws:ADA"
    assert finding_called(home, "0badc0").status == "excepted"


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("f00d1234", "is the beginning of several"),
        ("f00d1", "is the beginning of several"),
        ("0bad", "was not found"),
        ("", "is the beginning of several"),
        ("abcdef", "was not found by the last sync"),
        ("deadbeef", "is resolved"),
    ],
)
def test_a_finding_that_cannot_be_accepted_is_told(home: Home, start: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as refused:
        finding_called(home, start)
    assert refused.value.problem.code == "unknown_finding"
