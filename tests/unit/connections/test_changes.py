"""Following connections.yaml: what is new is added, what is gone is deleted, and never under a read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.connections.changes import connection_changes

NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True)


def test_new_names_are_added_in_the_files_order_and_lost_ones_deleted() -> None:
    assert connection_changes(["c", "a", "b"], ["a", "z", "y"]) == (["c", "b"], ["y", "z"])


def test_nothing_changes_when_the_lists_agree() -> None:
    assert connection_changes(["a", "b"], ["b", "a"]) == ([], [])


def test_a_name_that_is_being_read_is_not_deleted_until_it_is_not() -> None:
    assert connection_changes([], ["a", "b"], in_flight=["a"]) == ([], ["b"])
    assert connection_changes([], ["a"], in_flight=[]) == ([], ["a"])


@given(wanted=NAMES, existing=NAMES, in_flight=NAMES)
def test_applying_the_changes_leaves_what_is_wanted_and_what_is_being_read(
    wanted: list[str], existing: list[str], in_flight: list[str]
) -> None:
    added, deleted = connection_changes(wanted, existing, in_flight)

    after = (set(existing) | set(added)) - set(deleted)
    assert after == set(wanted) | (set(existing) & set(in_flight))
    assert connection_changes(wanted, after, in_flight) == ([], [])
