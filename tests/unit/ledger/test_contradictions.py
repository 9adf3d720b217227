"""Two decisions that cannot both be true are found however far apart they are, with every one in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger.contradictions import InForce
from pipeline.ledger.decisions import Decision
from tests.unit.ledger.deciding import NOW, decision

PERSONS = {"people:E1": "ada", "people:E2": "ben", "ad:ada": "ada", "people:E3": "cleo"}
"""Ada has two rows, in two rosters."""


def refusal(*decisions: Decision) -> tuple[str, list[int]] | None:
    """What the last of them contradicts, and which of those before are in the way, by their position."""
    *earlier, new = decisions
    found = InForce.of(earlier, PERSONS).contradiction(new)
    if found is None:
        return None
    ids = [each.decision_id for each in earlier]
    return found.text, [ids.index(decision_id) for decision_id in found.decisions]


def link(account: str, target: str) -> Decision:
    return decision("link", account, target)


def unlink(account: str, target: str) -> Decision:
    return decision("unlink", account, target)


def owner(account: str, target: str) -> Decision:
    return decision("owner", account, target)


def kind(account: str, word: str) -> Decision:
    return decision("kind", account, word)


@pytest.mark.parametrize(
    ("decisions", "text", "in_the_way"),
    [
        ([link("a:1", "people:E1"), link("a:1", "people:E1")], "linked to people:E1 already", [0]),
        ([link("a:1", "a:2"), link("a:2", "a:1")], "linked to a:1 already", [0]),
        ([link("a:1", "people:E1"), link("a:1", "people:E2")], "different persons, people:E1 and people:E2", [0]),
        (
            [link("a:1", "people:E1"), link("a:2", "a:1"), link("a:3", "people:E2"), link("a:2", "a:3")],
            "different persons",
            [1, 0, 2],
        ),
        ([link("people:E1", "people:E2")], "different persons", []),
        ([unlink("a:1", "people:E1"), link("a:1", "people:E1")], "told apart", [0]),
        ([unlink("a:1", "ad:ada"), link("a:1", "people:E1")], "told apart", [0]),
        ([unlink("a:1", "people:E1"), link("a:2", "people:E1"), link("a:2", "a:1")], "told apart", [0, 1]),
        ([link("a:1", "a:2"), link("a:2", "people:E1"), unlink("a:1", "ad:ada")], "are linked", [0, 1]),
        ([unlink("people:E1", "ad:ada")], "rows of one roster person", []),
        ([unlink("a:1", "a:2"), unlink("a:2", "a:1")], "told apart already", [0]),
        ([kind("a:1", "service"), kind("a:1", "human")], "said to be service already", [0]),
        ([kind("a:1", "service"), kind("a:1", "service")], "said to be service already", [0]),
        ([kind("a:1", "service"), link("a:1", "people:E1")], "no person's own", [0]),
        ([kind("a:1", "shared"), link("a:2", "a:1")], "no person's own", [0]),
        ([link("a:1", "people:E1"), kind("a:1", "break_glass")], "linked to a person", [0]),
        ([owner("a:1", "people:E1"), owner("a:1", "people:E2")], "has an owner already, people:E1", [0]),
        ([owner("a:1", "people:E1"), owner("a:1", "ad:ada")], "has an owner already", [0]),
        ([link("a:1", "people:E1"), owner("a:1", "people:E2")], "belongs to the person of people:E1", [0]),
        ([owner("a:1", "people:E2"), link("a:1", "people:E1")], "owned by the person of people:E2", [0]),
        (
            [owner("a:1", "a:2"), link("a:1", "people:E1"), link("a:2", "people:E2")],
            "a:1 is owned by the person of a:2",
            [0],
        ),
    ],
)
def test_it_is_refused_with_those_in_the_way(decisions: list[Decision], text: str, in_the_way: list[int]) -> None:
    found = refusal(*decisions)
    assert found is not None
    assert text in found[0]
    assert found[1] == in_the_way


@pytest.mark.parametrize(
    "decisions",
    [
        [link("a:1", "people:E1"), link("a:1", "ad:ada")],
        [link("a:1", "people:E1"), link("a:2", "people:E1"), link("a:1", "a:2")],
        [unlink("a:1", "people:E1"), link("a:1", "people:E2")],
        [unlink("a:1", "people:E1"), unlink("a:1", "people:E2")],
        [unlink("a:1", "people:E1"), owner("a:1", "people:E1")],
        [link("a:1", "people:E1"), owner("a:1", "ad:ada")],
        [owner("a:1", "people:E1"), owner("a:2", "people:E1")],
        [owner("a:1", "people:E1"), kind("a:1", "service")],
        [kind("a:1", "human"), link("a:1", "people:E1")],
        [kind("a:1", "unknown"), link("a:1", "people:E1")],
        [link("a:1", "people:E1"), kind("a:1", "human")],
        [kind("a:1", "service"), kind("a:2", "human")],
    ],
)
def test_what_fits_together_is_let_through(decisions: list[Decision]) -> None:
    assert refusal(*decisions) is None


def test_a_finding_is_excepted_once() -> None:
    first = decision("except", "a:1", "f1", expires_at=NOW.replace(year=2027))
    found = refusal(first, decision("except", "a:1", "f1", expires_at=NOW.replace(year=2028)))
    assert found == ("finding f1 is excepted already, until 2027-11-24 03:15 UTC", [0])
    assert refusal(first, decision("except", "a:1", "f2", expires_at=NOW.replace(year=2028))) is None


ACCOUNTS = st.sampled_from([*PERSONS, "a:1", "a:2", "a:3", "b:1", "b:2"])
TIES = st.builds(decision, st.sampled_from(["link", "unlink"]), ACCOUNTS, ACCOUNTS)


@given(st.lists(TIES, max_size=30))
def test_whatever_is_let_through_leaves_one_person_a_group_and_nobody_told_apart_in_it(ties: list[Decision]) -> None:
    """The same as a plain closure says, which looks at everything again each time."""
    kept: list[Decision] = []
    for new in ties:
        if new.account_key == new.target:
            continue
        found = InForce.of(kept, PERSONS).contradiction(new)
        repeated = any(
            new.verb == old.verb and {new.account_key, new.target} == {old.account_key, old.target} for old in kept
        )
        assert (found is not None) == (repeated or not is_consistent([*kept, new]))
        if found is None:
            kept.append(new)
        else:
            assert set(found.decisions) <= {each.decision_id for each in kept}


def is_consistent(ties: list[Decision]) -> bool:
    group = {name: PERSONS.get(name, name) for tie in ties for name in (str(tie.account_key), tie.target)}
    for tie in ties:
        if tie.verb == "link":
            old, new = sorted(
                [group[str(tie.account_key)], group[tie.target]], key=lambda each: each in PERSONS.values()
            )
            if old in PERSONS.values() and old != new:
                return False
            group = {name: new if of == old else of for name, of in group.items()}
    return not any(tie.verb == "unlink" and group[str(tie.account_key)] == group[tie.target] for tie in ties)
