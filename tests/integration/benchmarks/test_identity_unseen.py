"""Unseen companies: reproducible, labelled, in words of their own, and marked by arithmetic that can be checked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from benchmarks.identity import marks, staleness, warehouse
from benchmarks.identity.company import Company, landed
from benchmarks.identity.people import AS_OF
from benchmarks.identity.truth import Label
from benchmarks.identity.unseen import company
from benchmarks.identity.unseen.words import TERMS, tongues

PEOPLE = 250


@pytest.fixture(scope="module")
def made() -> Company:
    return company.build(PEOPLE, "medium", 3)


def _tag_keys(made: Company) -> list[set[str]]:
    users = [tables["users"]["tags"].to_pylist() for tables in made.iam.values()]
    return [{key for tags in each for key in json.loads(tags)} for each in users]


def test_equal_arguments_make_equal_unseen_companies(made: Company) -> None:
    again = company.build(PEOPLE, "medium", 3)
    assert again.labels == made.labels
    assert all(again.accounts[name].equals(table) for name, table in made.accounts.items())
    assert [tables["users"] for tables in again.iam.values()] == [tables["users"] for tables in made.iam.values()]


def test_every_account_of_an_unseen_company_has_exactly_one_label(made: Company) -> None:
    keys = [f"{name}:{key}" for name, table in made.accounts.items() for key in table["native_id"].to_pylist()]
    keys += [f"{name}:{key}" for name, tables in made.iam.items() for key in tables["users"]["user_id"].to_pylist()]
    assert sorted(keys) == sorted(label.account_key for label in made.labels)
    assert len(set(keys)) == len(keys)


def test_an_unseen_company_holds_every_kind_of_account_and_of_orphan(made: Company) -> None:
    kinds = {"human", "service", "shared", "room", "test", "break_glass"}
    reasons = {"", "no_owner", "owner_terminated", "service_unowned", "service_owner_terminated"}
    assert {label.kind for label in made.labels} == kinds
    assert {label.orphan_reason for label in made.labels} - {"undecidable"} == reasons


def test_two_seeds_share_hardly_a_tag_key_and_each_account_has_many(made: Company) -> None:
    own, others = _tag_keys(made), _tag_keys(company.build(PEOPLE, "medium", 5))
    assert all(len(keys) >= 20 for keys in (*own, *others))
    assert len(set().union(*own) & set().union(*others)) <= 3


def test_every_language_has_a_word_for_every_term() -> None:
    assert all(set(tongue.terms) == set(TERMS) for tongue in tongues())
    assert all(len(set(tongue.terms.values())) == len(TERMS) for tongue in tongues())


def test_directories_are_loaded_as_the_kinds_they_are(made: Company, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    warehouse.load(made, path)
    with duckdb.connect(str(path), read_only=True) as db:
        kinds = dict(db.execute("select directory_id, kind from raw.connections where kind <> 'aws_iam'").fetchall())
        scim = db.execute("select count(*) from raw.scim_accounts").fetchall()
    assert kinds == dict(made.kinds)
    assert scim == [(made.accounts["scim"].num_rows,)]


def _label(key: str, kind: str, *, telling: bool = True, roster: bool = False) -> Label:
    return Label(key, "x", kind, key, roster, "", telling)


def test_kinds_count_unknown_as_missed_and_leave_out_what_shows_no_kind() -> None:
    labels = [_label("a", "human"), _label("b", "service"), _label("c", "service"), _label("d", "room")]
    labels += [_label("e", "service", telling=False), _label("f", "human", roster=True)]
    found = marks.kinds(labels, {"a": "human", "b": "human", "c": "unknown", "d": "shared", "e": "human"})
    assert (found["human"].right, found["human"].found, found["human"].true) == (1, 2, 1)
    assert (found["service"].right, found["service"].found, found["service"].true) == (0, 0, 2)
    assert (found["all"].precision, found["all"].recall) == (2 / 3, 0.5)


@pytest.mark.promise("P26")
@pytest.mark.parametrize(("days", "stale"), [(90, set()), (91, {"cloud:u"})])
def test_an_account_is_stale_when_its_last_use_is_more_than_90_days_ago(days: int, stale: set[str]) -> None:
    user = {"user_id": "u", "user_name": "u", "arn": "u", "created_at": AS_OF - timedelta(days=900)}
    key = {
        "access_key_id": "k",
        "user_id": "u",
        "status": "Active",
        "created_at": AS_OF - timedelta(days=900),
        "last_used_state": "used",
        "last_used_at": AS_OF - timedelta(days=days),
    }
    made = landed({}, {"cloud": {"users": [user], "access_keys": [key]}}, {"cloud": "1"}, [])
    assert staleness.stale_users(made) == stale
