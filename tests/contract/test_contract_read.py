"""Every kind: a read gives everything there is, or a failed attempt that says why."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest

from pipeline.directories.base import ACCOUNTS
from pipeline.problems import CATALOGUE
from tests.contract.running import NOW, Running, complete, failed, main_rows, named, people, shown

pytestmark = [pytest.mark.promise("P9")]

OUTCOMES = {"ok", "denied", "throttled", "failed", "not_tried"}


def filled(running: Running, number: int = 12) -> dict[str, str]:
    """Put people in; what is told of them when all is well."""
    running.put(people(number))
    return running.told()


def test_everybody_is_told_and_nobody_else(running: Running) -> None:
    everybody = filled(running, 30)
    assert len(everybody) == 30
    assert (
        set(everybody.values()) == {each.shown for each in people(30)} if running.unicode else len(set(everybody)) == 30
    )


def test_every_table_it_declares_is_there_in_the_declared_shape(running: Running) -> None:
    filled(running)
    snapshot = complete(running.read())
    assert set(snapshot.tables) == set(running.directory.tables)
    for name, schema in running.directory.tables.items():
        assert snapshot.tables[name].schema == schema, name
        for field in schema:
            assert field.nullable or snapshot.tables[name][field.name].null_count == 0


def test_no_key_of_an_account_is_null_or_there_twice(running: Running) -> None:
    filled(running)
    snapshot = complete(running.read())
    key = running.directory.tables[snapshot.main_table].names[0]
    found = snapshot.tables[snapshot.main_table][key].to_pylist()
    assert None not in found
    assert len(found) == len(set(found)) == 12


def test_an_empty_directory_is_whole_and_says_that_it_is_empty(running: Running) -> None:
    snapshot = complete(running.read())
    assert main_rows(snapshot) == []
    assert set(snapshot.tables) == set(running.directory.tables)
    assert snapshot.problems


@pytest.mark.promise("P8")
def test_two_reads_are_equal(running: Running) -> None:
    filled(running)
    assert complete(running.read()).tables == complete(running.read()).tables


@pytest.mark.needs("pages")
@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_read_is_equal_whatever_the_pages(running: Running, size: int) -> None:
    filled(running)
    whole = complete(running.read())
    running.pages(size)
    assert complete(running.read()).tables == whole.tables


def test_unicode_is_told_as_it_is(running: Running) -> None:
    everybody = named(running.unicode)
    running.put(everybody)
    assert running.told() == shown(everybody)


@pytest.mark.promise("P20")
def test_hostile_names_are_told_to_the_letter(running: Running) -> None:
    everybody = named(running.hostile)
    running.put(everybody)
    told = running.told()
    assert sorted(told.values()) == sorted(each.shown for each in everybody)


@pytest.mark.needs("flaky")
def test_a_fifth_of_everything_failing_changes_nothing(running: Running) -> None:
    filled(running)
    whole = complete(running.read())
    running.flaky()
    snapshot = complete(running.read())
    assert snapshot.tables == whole.tables
    assert snapshot.retries > 0


@pytest.mark.needs("lost")
def test_what_gets_lost_fails_the_attempt_and_is_never_just_missing(running: Running) -> None:
    filled(running)
    running.lose()
    failed(running.read())


def test_nobody_answering_is_a_failed_attempt(running: Running) -> None:
    filled(running)
    running.gone()
    snapshot = failed(running.read())
    assert snapshot.connection == "contract"
    assert snapshot.problems[0].connection == "contract"


@pytest.mark.needs("credentials")
def test_a_refused_secret_is_a_failed_attempt_that_keeps_it(running: Running) -> None:
    filled(running)
    running.lock_out()
    snapshot = failed(running.read())
    said = " ".join(str(problem) for problem in snapshot.problems)
    assert not [secret for secret in running.secrets if secret in said]


@pytest.mark.needs("denied")
def test_the_denied_listing_is_named_in_problem_and_coverage(running: Running) -> None:
    filled(running)
    running.deny()
    snapshot = failed(running.read())
    assert snapshot.problems[0].action == running.main_action
    assert running.main_action in snapshot.problems[0].message
    [denied] = [each for each in snapshot.coverage if each.outcome == "denied"]
    assert (denied.action, bool(denied.remedy), bool(denied.needed_for)) == (running.main_action, True, True)


def test_every_action_is_accounted_for(running: Running) -> None:
    filled(running)
    snapshot = complete(running.read())
    actions = [each.action for each in snapshot.coverage]
    assert running.main_action in actions
    assert len(actions) == len(set(actions))
    assert {each.outcome for each in snapshot.coverage} <= OUTCOMES
    assert all(each.needed_for for each in snapshot.coverage)
    assert snapshot.calls >= 1


@pytest.mark.parametrize("trouble", ["gone", "lose", "lock_out", "deny"])
def test_every_problem_is_in_the_catalogue_with_words_a_person_can_use(running: Running, trouble: str) -> None:
    filled(running)
    if {"lose": "lost", "lock_out": "credentials", "deny": "denied"}.get(trouble, "") in {"", *running.abilities}:
        getattr(running, trouble)()
        for problem in failed(running.read()).problems:
            assert problem.code in CATALOGUE
            assert problem.remedy
            assert "{" not in problem.remedy.replace('{"', "")


def test_instants_are_utc_without_a_zone_and_as_of_is_the_one_that_was_given(running: Running) -> None:
    filled(running)
    snapshot = complete(running.read())
    assert snapshot.as_of == NOW.replace(tzinfo=None)
    for table in snapshot.tables.values():
        for field in table.schema:
            assert "tz=" not in str(field.type)


def test_what_it_cannot_know_is_not_known_and_null(running: Running) -> None:
    filled(running)
    snapshot = complete(running.read())
    if running.directory.tables[snapshot.main_table] != ACCOUNTS:
        gaps = [name for name in running.directory.tables[snapshot.main_table].names if name.endswith("_gap")]
        assert gaps
        return
    for row in main_rows(snapshot):
        known, invalid = set(json.loads(row["known_fields"])), set(json.loads(row["invalid_fields"]))
        assert "native_id" in known
        assert "last_active_at" not in known
        told = {name for name, value in row.items() if value is not None}
        assert told - {"attributes", "invalid_fields", "known_fields", "source_row"} <= known - invalid


class _EnoughError(BaseException):
    """Somebody pressed Ctrl-C."""


def test_a_read_ends_wherever_it_is_interrupted(running: Running) -> None:
    filled(running)
    steps: list[str] = []
    complete(running.read(lambda _name, stage, _done, _total: steps.append(stage)))
    assert steps

    def stop_at(number: int) -> Callable[..., None]:
        calls: list[int] = []

        def told(name: str, stage: str, done: int, total: int | None) -> None:
            calls.append(1)
            if len(calls) == number:
                raise _EnoughError

        return told

    for number in range(1, min(len(steps), 8) + 1):
        with pytest.raises(_EnoughError):
            running.read(stop_at(number))
    complete(running.read())


@pytest.mark.parametrize("trouble", ["none", "gone", "lock_out"])
def test_no_secret_is_logged_even_at_debug(running: Running, trouble: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    filled(running, 3)
    if trouble == "gone" or (trouble == "lock_out" and "credentials" in running.abilities):
        getattr(running, trouble)()
    running.read()
    assert not [secret for secret in running.secrets if secret in caplog.text]
