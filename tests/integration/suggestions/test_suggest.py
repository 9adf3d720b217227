"""Suggestions: who an account without a certain person may be, and never more than that."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.home import Home
from pipeline.suggestions import are_available, model
from pipeline.suggestions.suggest import suggest
from pipeline.warehouse.open import scratch
from tests.integration.suggestions.marts import Account, build, suggestions

PERSONS = [
    ("p1", "Anneliese Wagner"),
    ("p2", "Bogdan Ilescu"),
    ("p3", "Chidi Okafor"),
    ("p4", "Dolores Haze"),
    ("p5", "Edvard Munch"),
    *((f"x{number}", f"Given{number} Family{number}") for number in range(30)),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.ensure()
    return made


def pairs(home: Home) -> list[tuple[str, str]]:
    return [(account, candidate) for account, candidate, _, _ in suggestions(home)]


def test_a_likeness_of_name_and_login_is_suggested_with_what_agreed(home: Home) -> None:
    accounts = [
        Account("okta:1", username="awagner@corp.example", name="Anneliese Wagner"),
        Account("aws:2", username="bogdan.ilesku"),
        Account("ldap:3", username="cokafor-adm", name="Chidi Okafor (admin)"),
        Account("okta:4", username="someone.else", name="Someone Else"),
    ]
    done = suggest(build(home, PERSONS, accounts))
    assert pairs(home) == [("aws:2", "p2"), ("ldap:3", "p3"), ("okta:1", "p1")]
    told = {account: agreement for account, _, _, agreement in suggestions(home)}
    assert told["okta:1"] == "given name equal; family name equal; login equal"
    assert told["aws:2"] == "given name equal; family name near; login near"
    assert told["ldap:3"] == "given name equal; family name equal; login equal"
    assert (done.open_accounts, done.accounts, done.rows, done.learnt, done.skipped) == (4, 3, 3, False, "")


def test_every_suggestion_is_suggested_dated_and_probable(home: Home) -> None:
    suggest(build(home, PERSONS, [Account("okta:1", username="awagner", name="Anneliese Wagner")]))
    with duckdb.connect(str(home.warehouse)) as db:
        [(name, status, as_of, probability)] = db.execute(
            "select candidate_name, status, cast(as_of as varchar), match_probability from identity.match_suggestions"
        ).fetchall()
    assert (name, status, as_of) == ("Anneliese Wagner", "suggested", "2026-06-15 12:00:00")
    assert 0.9 <= probability <= 1


def test_nothing_is_suggested_for_what_is_certain_or_no_person(home: Home) -> None:
    accounts = [
        Account("okta:1", username="awagner", name="Anneliese Wagner", person="p1"),
        Account("aws:2", username="anneliese.wagner", kind="service"),
        Account("aws:3", username="anneliese.wagner", kind="shared"),
        Account("aws:4", username="anneliese.wagner", kind="break_glass"),
    ]
    done = suggest(build(home, PERSONS, accounts))
    assert (suggestions(home), done.skipped) == ([], "every account has its person")


def test_nothing_else_of_the_marts_is_changed(home: Home) -> None:
    build(home, PERSONS, [Account("okta:1", username="awagner", name="Anneliese Wagner")])

    def others() -> list[list[tuple[object, ...]]]:
        with duckdb.connect(str(home.warehouse)) as db:
            tables = ("inventory.accounts", "identity.identities", "identity.identity_accounts", "identity.decisions")
            return [db.execute(f"from {table} order by all").fetchall() for table in tables]

    before = others()
    suggest(home)
    assert others() == before


def test_whom_a_human_has_said_no_to_is_not_suggested_again(home: Home) -> None:
    account = Account("okta:1", username="awagner", name="Anneliese Wagner")
    suggest(build(home, PERSONS, [account], unlinked=[("okta:1", "p1")]))
    assert suggestions(home) == []


def test_of_many_namesakes_three_are_named_and_the_same_three_each_time(home: Home) -> None:
    namesakes = [(f"n{number}", "Maria Rossi") for number in range(6)]
    suggest(build(home, [*PERSONS, *namesakes], [Account("okta:1", username="mrossi", name="Maria Rossi")]))
    once = suggestions(home)
    assert [candidate for _, candidate, _, _ in once] == ["n0", "n1", "n2"]
    suggest(home)
    assert suggestions(home) == once


def test_suggestions_of_an_earlier_build_are_gone(home: Home) -> None:
    suggest(build(home, PERSONS, [Account("okta:1", username="awagner", name="Anneliese Wagner")]))
    assert len(suggestions(home)) == 1
    with duckdb.connect(str(home.warehouse)) as db:
        db.execute("update identity.identity_accounts set identity_id = 'p1' where account_key = 'okta:1'")
    suggest(home)
    assert suggestions(home) == []


def test_where_nobody_is_known_there_is_nothing_to_suggest(home: Home) -> None:
    done = suggest(build(home, [], [Account("okta:1", username="a.b")]))
    assert (done.rows, done.skipped) == (0, "no person is known")


def test_with_enough_certain_pairs_it_learns_and_finds_what_was_misspelt(home: Home) -> None:
    rng = random.Random(11)
    syllables = ("ka", "lo", "mi", "ra", "ten", "vo", "sha", "bel", "dor", "ni", "gu", "zar")

    def word() -> str:
        return "".join(rng.sample(syllables, 3)).title()

    persons = [(f"p{number:03}", f"{word()} {word()}") for number in range(400)]
    certain = [
        Account(f"okta:{person}", username=f"{name[0]}{name.split()[1]}".lower(), name=name, person=person)
        for person, name in persons[:300]
    ]
    misspelt = {f"aws:{person}": (person, name.replace("a", "e", 1)) for person, name in persons[300:]}
    opened = [Account(key, username=name.replace(" ", ".").lower()) for key, (_, name) in misspelt.items()]
    strangers = [Account(f"aws:z{number}", username=f"quux{number}.fnord{number}") for number in range(50)]
    done = suggest(build(home, persons, [*certain, *opened, *strangers]))
    best = dict(reversed(pairs(home)))
    right = sum(best.get(key) == person for key, (person, _) in misspelt.items())
    assert done.learnt
    assert right >= 50
    assert sum(best[key] != misspelt[key][0] for key in best if key in misspelt) <= 2
    assert not [key for key in best if key.startswith("aws:z")]
    once = suggestions(home)
    suggest(home)
    assert suggestions(home) == once


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=5))
def test_any_text_is_compared_without_harm(tmp_path: Path, texts: list[tuple[str, str, str]]) -> None:
    texts = [tuple(text.encode(errors="replace").decode().replace("\0", "") for text in each) for each in texts]  # type: ignore[misc]
    home = Home(tmp_path / "any")
    home.ensure()
    home.warehouse.unlink(missing_ok=True)
    accounts = [Account(f"a:{number}", *each) for number, each in enumerate(texts)]
    assert suggest(build(home, PERSONS[:8], accounts)).open_accounts == len(texts)


def test_records_that_cannot_be_compared_are_one_clear_error() -> None:
    with scratch() as connection, pytest.raises(model.NotScoredError, match="SplinkException"):
        model.scored(connection, persons=1, certain=0, at_least=0.8)


def test_without_the_package_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert are_available()
    monkeypatch.setitem(sys.modules, "splink", None)
    assert not are_available()
