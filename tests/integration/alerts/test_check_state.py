"""What is news: a failure once, its end once, and nothing in between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.check_state import CheckState, CheckTransition, State, compare
from tests.integration.alerts.examples import seen

KEYS = [("landing/aws_iam", check, name) for check in ("can_assume_role", "can_read") for name in ("a", "b", "c")]


def names(sightings: list[CheckState]) -> list[tuple[str, str]]:
    return [(each.check, each.connection) for each in sightings]


def news(announced: list[CheckState], now: list[CheckState]) -> CheckTransition:
    return compare(announced, now, [each.key for each in [*announced, *now]])


def test_a_check_that_begins_to_fail_is_news_once() -> None:
    now = [seen("can_read"), seen("can_read", "healthy", "staging")]
    first = news([], now)
    assert names(first.failing) == [("can_read", "production")]
    second = news(first.failing, now)
    assert not second.is_news
    assert names(second.still) == [("can_read", "production")]


def test_a_check_that_was_not_or_could_not_be_evaluated_is_not_healthy() -> None:
    announced = [seen("can_read")]
    for now in ([], [seen("can_read", "unknown")]):
        change = compare(announced, now, [announced[0].key])
        assert not change.is_news
        assert change.still == announced
    assert names(news(announced, [seen("can_read", "healthy")]).healthy) == [("can_read", "production")]


def test_what_is_gone_is_told_as_gone_and_never_as_healthy() -> None:
    change = compare([seen("can_read")], [seen("can_read", "healthy")], [])
    assert (names(change.gone), change.healthy) == ([("can_read", "production")], [])


def test_one_cause_is_one_failure_and_what_it_hides_keeps_its_own_word() -> None:
    announced = [seen("can_read")]
    change = news(announced, [seen("can_assume_role"), seen("can_read", "unknown")])
    assert names(change.failing) == [("can_assume_role", "production")]
    assert names(change.still) == [("can_read", "production")]


STATES: st.SearchStrategy[State | None] = st.sampled_from(["failing", "healthy", "unknown", None])


@given(st.lists(st.lists(STATES, min_size=len(KEYS), max_size=len(KEYS)), max_size=12))
def test_over_any_history_words_alternate_and_none_is_forgotten(history: list[list[State | None]]) -> None:
    announced: list[CheckState] = []
    last = dict.fromkeys(KEYS, "healthy")
    for states in history:
        now = [seen(key[1], state, key[2]) for key, state in zip(KEYS, states, strict=True) if state is not None]
        change = compare(announced, now, KEYS)
        for each in change.failing:
            assert last[each.key] == "healthy"
            last[each.key] = "failing"
        for each in change.healthy:
            assert last[each.key] == "failing"
            last[each.key] = "healthy"
        announced = [*change.still, *change.failing]
        for key, state in zip(KEYS, states, strict=True):
            if state in ("failing", "healthy"):
                assert last[key] == state
    assert {each.key for each in announced} == {key for key, state in last.items() if state == "failing"}
