"""The labelled companies: reproducible, complete, and marked by arithmetic that can be checked by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.identity import company, marks, naive, warehouse
from benchmarks.identity.spelling import PATTERNS, ascii_of, typo, username
from benchmarks.identity.truth import Label

PEOPLE = 300


@pytest.fixture(scope="module")
def made() -> company.Company:
    return company.build(PEOPLE, "medium", 3)


def test_equal_arguments_make_equal_companies(made: company.Company) -> None:
    again = company.build(PEOPLE, "medium", 3)
    assert again.labels == made.labels
    assert all(again.accounts[name].equals(table) for name, table in made.accounts.items())


def test_every_account_of_every_directory_has_exactly_one_label(made: company.Company) -> None:
    keys = [f"{name}:{key}" for name, table in made.accounts.items() for key in table["native_id"].to_pylist()]
    keys += [f"{name}:{key}" for name, tables in made.iam.items() for key in tables["users"]["user_id"].to_pylist()]
    assert sorted(keys) == sorted(label.account_key for label in made.labels)
    assert len(set(keys)) == len(keys)


def test_a_company_holds_every_kind_of_account_and_of_orphan(made: company.Company) -> None:
    assert {label.kind for label in made.labels} == {"human", "service", "shared", "break_glass"}
    assert {label.orphan_reason for label in made.labels} - {"undecidable"} == {
        "",
        "no_owner",
        "owner_terminated",
        "service_unowned",
        "service_owner_terminated",
    }


def test_dirt_makes_the_shared_key_baseline_worse() -> None:
    recalls = []
    for difficulty in ("easy", "hard"):
        sample = company.build(2000, difficulty, 5)
        recalls.append(marks.pairs(sample.labels, naive.clusters(sample)).recall)
    assert recalls[0] > recalls[1]


def test_the_warehouse_holds_all_accounts_under_their_directory(made: company.Company, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    warehouse.load(made, path)
    with duckdb.connect(str(path), read_only=True) as db:
        people = db.execute("select count(*) from raw.file_accounts where directory_id = 'people'").fetchall()
        accounts = db.execute("select count(*) from raw.aws_iam_users").fetchall()
        rosters = db.execute("select directory_id from raw.connections where is_authoritative").fetchall()
    assert people == [(made.accounts["people"].num_rows,)]
    assert accounts == [(sum(tables["users"].num_rows for tables in made.iam.values()),)]
    assert rosters == [("people",)]


def _label(account_key: str, entity: str, kind: str = "human", reason: str = "", roster: bool = False) -> Label:
    return Label(account_key, "x", kind, entity, roster, reason)


def test_pairs_count_wrong_and_missing_links_of_people_only() -> None:
    labels = [_label("a", "p1"), _label("b", "p1"), _label("c", "p1"), _label("d", "p2"), _label("s", "s1", "service")]
    mark = marks.pairs(labels, {"a": "i", "b": "i", "d": "i", "s": "i"})
    assert (mark.right, mark.found, mark.true) == (1, 3, 3)


def test_orphans_leave_out_the_roster_and_what_no_field_tells() -> None:
    labels = [_label("a", "p1", reason="no_owner"), _label("b", "p2"), _label("r", "p1", roster=True)]
    mark = marks.orphans([*labels, _label("u", "p3", reason="undecidable")], {"a", "b", "r", "u"})
    assert (mark.precision, mark.recall) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("name", "one_letter", "spelled_out"),
    [("Müller", "muller", "mueller"), ("Ødegård", "odegard", "oedegaard"), ("Łukasz", "lukasz", "lukasz")],
)
def test_names_fold_two_ways(name: str, one_letter: str, spelled_out: str) -> None:
    assert ascii_of(name, spelled_out=False) == one_letter
    assert ascii_of(name, spelled_out=True) == spelled_out


@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from(PATTERNS), st.booleans())
def test_user_names_are_plain_ascii_whatever_the_name(
    given_name: str, family: str, pattern: str, spelled: bool
) -> None:
    made_name = username(pattern, given_name, "", family, 42, spelled_out=spelled)
    assert made_name
    assert made_name.isascii()
    assert " " not in made_name


@given(st.text(alphabet="abcdefgh", min_size=4, max_size=12), st.randoms(use_true_random=False))
def test_a_typo_changes_at_most_one_letter_more_or_less(word: str, rng: object) -> None:
    assert abs(len(typo(word, rng)) - len(word)) <= 1  # type: ignore[arg-type]
