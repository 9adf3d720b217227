"""What is read of a SCIM service is what is there, all of it or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.directories.scim.reading import by_name, connect, members, quick, read, rows
from tests.integration.directories.scim.service import ENTERPRISE, Service


def test_people_are_told_with_everything_the_service_holds(service: Service) -> None:
    boss = service.user("boss", **{ENTERPRISE: {"employeeNumber": "00007"}})
    service.user(
        "ann",
        displayName="Änn Ärbor",
        name={"givenName": "Ann", "familyName": "Arbor"},
        emails=[{"value": "ann@home.org", "type": "home"}, {"value": "ann@corp.org", "type": "work", "primary": True}],
        active=True,
        title="Clerk",
        roles=[{"value": "auditor", "display": "Auditor"}],
        **{ENTERPRISE: {"employeeNumber": "00042", "department": "Finance", "manager": {"value": boss}}},
    )
    service.user("bob", active=False)
    snapshot = read(connect(service))
    found = by_name(snapshot)
    ann = found["ann"]
    assert (ann["display_name"], ann["given_name"], ann["family_name"]) == ("Änn Ärbor", "Ann", "Arbor")
    assert (ann["email"], json.loads(ann["alias_emails"])) == ("ann@corp.org", ["ann@home.org"])
    assert (ann["employee_id"], ann["department"], ann["manager_id"]) == ("00042", "Finance", "00007")
    assert (ann["is_enabled"], found["bob"]["is_enabled"]) == (True, False)
    assert ann["created_at"] is not None
    assert [(row["entitlement_name"], row["entitlement_type"]) for row in rows(snapshot, "entitlements")] == [
        ("Auditor", "role")
    ]


def test_what_the_service_does_not_show_is_not_known(service: Service) -> None:
    service.user("ann")
    [ann] = rows(read(connect(service)))
    known = set(json.loads(ann["known_fields"]))
    assert known == {"native_id", "username", "created_at", "groups"}


def test_one_without_a_flag_among_others_with_one_is_unreadable(service: Service) -> None:
    service.user("ann", active=True)
    service.user("bob")
    bob = by_name(read(connect(service)))["bob"]
    assert (bob["is_enabled"], json.loads(bob["invalid_fields"])) == (None, ["is_enabled"])


def test_groups_inside_groups_are_opened_up_also_in_circles(service: Service) -> None:
    ann, bob = service.user("ann"), service.user("bob")
    inner = service.group("inner", bob)
    outer = service.group("outer", ann, inner)
    service.put_in(inner, outer)
    assert members(read(connect(service))) == {(name, group) for name in ("ann", "bob") for group in ("inner", "outer")}


@pytest.mark.promise("P8")
@pytest.mark.parametrize("limit", [1, 3, None])
@pytest.mark.parametrize("size", [2, 100])
def test_the_tables_are_equal_whatever_the_pages_also_when_fewer_are_given(
    service: Service, limit: int | None, size: int
) -> None:
    ids = [service.user(f"user{n}") for n in range(7)]
    service.group("all", *ids)
    whole = read(connect(service))
    service.faults.page_limit = limit
    again = read(connect(service, page_size=size))
    assert again.tables == whole.tables
    assert len(rows(again)) == 7


def test_a_fifth_of_answers_being_wrong_changes_nothing(service: Service) -> None:
    for number in range(12):
        service.user(f"user{number}")
    whole = read(connect(service))
    service.faults.rate = 0.2
    snapshot = read(connect(service, page_size=1))
    assert snapshot.tables == whole.tables
    assert snapshot.retries > 0


def test_a_listing_that_changes_while_it_is_read_is_read_again(service: Service) -> None:
    ids = [service.user(f"user{number}") for number in range(6)]
    gone: list[str] = []

    def someone_leaves(path: str, query: dict[str, list[str]]) -> None:
        if query["startIndex"] == ["5"] and not gone:
            gone.append(ids[0])
            service.delete(f"/Users/{ids[0]}")

    service.faults.answers.append(someone_leaves)
    snapshot = read(connect(service, page_size=2))
    assert {row["native_id"] for row in rows(snapshot)} == set(ids[1:])
    assert snapshot.retries == 1


@pytest.mark.promise("P11")
@pytest.mark.parametrize("lost", ["one of a page", "a whole page", "the count grows"])
def test_a_listing_that_never_adds_up_is_a_failed_attempt(service: Service, lost: str) -> None:
    for number in range(6):
        service.user(f"user{number}")
    count = [100]

    def lose(path: str, answer: dict[str, Any]) -> dict[str, Any]:
        if lost == "the count grows":
            count[0] += 1
            return {**answer, "totalResults": count[0]}
        kept = answer["Resources"][1:] if lost == "one of a page" else []
        return {**answer, "Resources": kept} if answer.get("startIndex") == 3 else answer

    service.faults.rewrite = lose
    snapshot = read(connect(service, page_size=2))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_read_failed")
    assert not snapshot.tables


def test_a_service_that_waits_asks_for_patience_and_gets_it(service: Service) -> None:
    service.user("ann")
    busy = [(429, {"Retry-After": "7"}, b""), (503, {"Retry-After": "Mon, 15 Jun 2026 12:00:09 GMT"}, b"")]
    service.faults.answers.append(lambda _path, _query: busy.pop(0) if busy else None)
    directory = quick()
    assert len(rows(read(connect(service), directory))) == 1
    assert directory.sleep[0] == 7  # type: ignore[index]


def test_a_service_that_is_always_busy_is_a_failed_attempt_that_says_so(service: Service) -> None:
    service.faults.answers.append(lambda _path, _query: (429, {"Retry-After": "100000"}, b""))
    directory = quick()
    snapshot = read(connect(service), directory)
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_throttled")
    assert directory.sleep == []


def test_groups_that_may_not_be_read_are_unknown_not_none(service: Service) -> None:
    service.group("all", service.user("ann"))
    service.faults.denied = {"Groups"}
    snapshot = read(connect(service))
    [ann] = rows(snapshot)
    assert "groups" not in json.loads(ann["known_fields"])
    assert {each.action: each.outcome for each in snapshot.coverage} == {
        "scim:ListUsers": "ok",
        "scim:ListGroups": "denied",
    }


def test_users_that_may_not_be_read_fail_the_attempt(service: Service) -> None:
    service.faults.denied = {"Users"}
    snapshot = read(connect(service))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_read_denied")


def test_attribute_names_in_any_case_are_the_same(service: Service) -> None:
    service.user("ann", active=True, emails=[{"value": "ann@corp.org"}])

    def shouted(path: str, answer: dict[str, Any]) -> dict[str, Any]:
        return {
            name.upper(): [{k.upper(): v for k, v in e.items()} for e in value] if name == "Resources" else value
            for name, value in answer.items()
        }

    whole = read(connect(service))
    service.faults.rewrite = shouted
    assert read(connect(service)).tables == whole.tables
