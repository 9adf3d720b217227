"""What makes a decision one, and when it counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.ledger.decisions import faults, is_id, new_id
from tests.unit.ledger.deciding import NOW, decision, undoing

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("after", "state"), [(-SECOND, "in_force"), (0 * SECOND, "expired"), (SECOND, "expired")])
def test_it_counts_until_the_instant_of_its_end_and_not_at_it(after: timedelta, state: str) -> None:
    until = decision("link", "a:1", "people:E1", expires_at=NOW + timedelta(days=7))
    assert until.state(NOW + timedelta(days=7) + after) == state


def test_without_an_end_it_counts_until_it_is_undone() -> None:
    assert decision("link", "a:1", "people:E1").state(NOW + timedelta(days=36_500)) == "in_force"
    undone = decision("link", "a:1", "people:E1", undone=undoing())
    assert (undone.state(NOW), undone.is_in_force(NOW)) == ("undone", False)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"reason": " \t"}, "reason: is missing"),
        ({"reason": "x" * 2001}, "reason: is longer than 2000 characters"),
        ({"reason": "a\0b"}, "reason: holds characters that no database keeps"),
        ({"reason": "a\udce9b"}, "reason: holds characters that no database keeps"),
        ({"decided_by": ""}, "decided_by: is missing"),
        ({"account_key": None}, "account_key: is missing"),
        ({"target": "a:1"}, "target: is the account itself"),
        ({"target": " "}, "target: is missing"),
        ({"expires_at": NOW}, "expires_at: lies before the decision"),
        ({"decided_at": NOW + SECOND}, "decided_at: lies in the future"),
        ({"undone": undoing(reason="")}, "undone_reason: is missing"),
        ({"undone": undoing(undone_at=NOW + SECOND)}, "undone_at: lies in the future"),
    ],
)
def test_what_is_unfit_is_named_by_its_field(values: dict[str, object], fault: str) -> None:
    account_key, target = values.pop("account_key", "a:1"), values.pop("target", "people:E1")
    assert list(faults(decision("link", account_key, str(target), **values))) == [fault]  # type: ignore[arg-type]


def test_a_kind_is_one_of_five_and_an_exception_needs_an_end() -> None:
    assert list(faults(decision("kind", "a:1", "service"))) == []
    assert list(faults(decision("kind", "a:1", "robot"))) == [
        "target: 'robot' is no kind; it is one of human, service, shared, break_glass, unknown"
    ]
    assert list(faults(decision("except", None, "f1"))) == ["expires_at: an exception needs an end date"]
    assert list(faults(decision("except", None, "f1", expires_at=NOW + SECOND))) == []


def test_an_id_is_short_without_doubt_and_never_given_twice() -> None:
    ids = {new_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert all(is_id(each) for each in ids)
    assert not {"i", "l", "o", "u"} & set("".join(each[2:] for each in ids))
    assert not any(is_id(text) for text in ("", "d-", "d-123", "d-12345678901", "x-0123456789", "d-012345678i"))
