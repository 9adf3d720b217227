"""What real services do otherwise than RFC 7644: the rows are the same, or the attempt fails and says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.directories.scim.reading import by_name, connect, members, quick, read, rows
from tests.integration.directories.scim.service import ENTERPRISE, Service

Answer = dict[str, Any]
Rewrite = Callable[[Answer], Answer]


def _crowd(service: Service, count: int = 7) -> list[str]:
    ids = [service.user(f"user{number:02}", active=number != 3) for number in range(count)]
    service.group("all", *ids)
    return ids


def _everywhere(service: Service, change: Rewrite) -> None:
    """Every answer with resources, or that is one, passes through `change`."""
    service.faults.rewrite = lambda _path, answer: change(answer)


def _each(change: Rewrite) -> Rewrite:
    """Changes every resource of a listing, and a resource that was read alone."""

    def changed(answer: Answer) -> Answer:
        if "totalResults" not in answer:
            return change(answer)
        return {**answer, "Resources": [change(each) for each in answer.get("Resources") or []]}

    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: {**answer, "totalResults": str(answer["totalResults"]), "startIndex": str(answer["startIndex"])},
        lambda answer: {**answer, "startIndex": 1},
        lambda answer: {key: value for key, value in answer.items() if key not in ("startIndex", "itemsPerPage")},
        lambda answer: {**answer, "itemsPerPage": 2, "schemas": ["urn:example:unknown"]},
        lambda answer: {**answer, "Resources": answer.get("Resources") or None},
        lambda answer: {key: value for key, value in answer.items() if value != []},
    ],
    ids=["numbers as text", "always from 1", "no startIndex", "wrong itemsPerPage", "null resources", "no resources"],
)
def test_a_listing_written_another_way_gives_the_same_rows(service: Service, change: Rewrite) -> None:
    _crowd(service)
    whole = read(connect(service))
    service.faults.page_limit = 2
    _everywhere(service, change)
    again = read(connect(service, page_size=3))
    assert again.tables == whole.tables
    assert again.status == "complete"


def test_ids_written_as_numbers_are_ids(service: Service) -> None:
    ids = _crowd(service)
    number = {identity: position for position, identity in enumerate(ids, start=1)}

    def numbered(each: Answer) -> Answer:
        listed = [{**member, "value": number[member["value"]]} for member in each.get("members", ())]
        return {**each, "id": number.get(each["id"], each["id"]), **({"members": listed} if listed else {})}

    _everywhere(service, _each(numbered))
    snapshot = read(connect(service))
    assert {row["native_id"] for row in rows(snapshot)} == set("1234567")
    assert len(members(snapshot)) == 7


def test_a_count_that_is_only_that_of_the_page_is_a_failed_attempt(service: Service) -> None:
    """Such a listing seems to end with its first page: 3 of 7 users were taken for all of them."""
    _crowd(service)
    service.faults.page_limit = 3
    _everywhere(service, lambda answer: {**answer, "totalResults": len(answer.get("Resources") or [])})
    snapshot = read(connect(service))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_read_failed")
    assert "counts 3, and lists more after them" in snapshot.problems[0].message


def test_a_service_without_paging_gives_all_at_once(service: Service) -> None:
    ids = _crowd(service)
    everything = service.get("/Users")

    def at_once(path: str, _query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes] | None:
        return (200, {}, everything) if path.endswith("/Users") else None

    service.faults.answers.append(at_once)
    assert {row["native_id"] for row in rows(read(connect(service, page_size=2)))} == set(ids)


@pytest.mark.parametrize("status", [400, 404])
def test_an_index_after_the_last_one_may_be_refused(service: Service, status: int) -> None:
    ids = _crowd(service)
    service.faults.answers.append(
        lambda _path, query: (status, {}, b"{}") if int(query.get("startIndex", ["1"])[0]) > 7 else None
    )
    assert len(rows(read(connect(service)))) == len(ids)


class _ByCursor:
    """RFC 9865 in front of a service: pages of 2, by cursor only, or also where an index is asked for."""

    def __init__(self, service: Service, *, only: bool, total: int | None) -> None:
        self.service, self.only, self.total = service, only, total
        self.expire = 0

    def __call__(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes] | None:
        endpoint = path.removeprefix("/v2")
        if endpoint not in ("/Users", "/Groups"):
            return None
        cursor = query.get("cursor", [""])[0]
        if "startIndex" in query and self.only:
            return 400, {}, b'{"scimType": "invalidValue", "detail": "index paging is not supported"}'
        if cursor and self.expire:
            self.expire -= 1
            return 400, {}, b'{"scimType": "expiredCursor"}'
        listed = json.loads(self.service.get(endpoint)).get("Resources") or []
        start = int(cursor.removeprefix("at")) if cursor else 0
        following = {"nextCursor": f"at{start + 2}"} if start + 2 < len(listed) else {}
        counted = {} if self.total is None else {"totalResults": self.total or 0}
        if self.total == -1:
            counted = {"totalResults": len(listed)}
        return 200, {}, json.dumps({**counted, "Resources": listed[start : start + 2], **following}).encode()


@pytest.mark.parametrize(("only", "total"), [(True, None), (True, 0), (True, -1), (False, -1)])
def test_pages_by_cursor_are_followed_to_the_last(service: Service, only: bool, total: int | None) -> None:
    _crowd(service)
    whole = read(connect(service))
    service.faults.answers.append(_ByCursor(service, only=only, total=total))
    again = read(connect(service))
    assert again.tables == whole.tables
    assert len(rows(again)) == 7


def test_a_cursor_that_expired_begins_the_listing_again(service: Service) -> None:
    _crowd(service)
    by_cursor = _ByCursor(service, only=True, total=-1)
    by_cursor.expire = 1
    service.faults.answers.append(by_cursor)
    snapshot = read(connect(service))
    assert (len(rows(snapshot)), snapshot.retries) == (7, 1)
    by_cursor.expire = 99
    assert read(connect(service)).problems[0].code == "directory_read_failed"


def test_a_count_that_pages_by_cursor_do_not_reach_is_a_failed_attempt(service: Service) -> None:
    _crowd(service)
    service.faults.answers.append(_ByCursor(service, only=True, total=9))
    snapshot = read(connect(service))
    assert (snapshot.status, snapshot.tables) == ("failed", {})
    assert "counts 9, and listed 7" in snapshot.problems[0].message


def test_a_cursor_that_leads_nowhere_ends(service: Service) -> None:
    _crowd(service)
    service.faults.answers.append(
        lambda _path, query: (
            (200, {}, b'{"Resources": [], "nextCursor": "again"}')
            if "startIndex" in query or "cursor" in query
            else None
        )
    )
    snapshot = read(connect(service))
    assert (snapshot.status, snapshot.problems[0].error_code) == ("failed", "EndlessListing")


def test_the_steps_of_a_test_work_by_cursor_too(service: Service) -> None:
    _crowd(service)
    service.faults.answers.append(_ByCursor(service, only=True, total=None))
    assert [step.outcome for step in quick().test(connect(service))] == ["ok", "ok", "ok"]


def _without(*names: str) -> Rewrite:
    return _each(lambda each: {key: value for key, value in each.items() if key not in names})


def _gaps(service: Service) -> dict[str, str | None]:
    return {row["name"]: row["members_gap"] for row in rows(read(connect(service)), "groups")}


def test_members_that_a_service_never_shows_are_unknown(service: Service) -> None:
    service.group("all", service.user("ann"))
    _everywhere(service, _without("members", "groups"))
    snapshot = read(connect(service))
    assert "groups" not in json.loads(rows(snapshot)[0]["known_fields"])
    assert _gaps(service) == {"all": "scim:ListGroups not_tried: no group shows members"}


def test_an_empty_list_of_members_everywhere_is_unknown_too(service: Service) -> None:
    """IAM Identity Center's SCIM lists every group with no members."""
    service.group("all", service.user("ann"))
    _everywhere(service, _each(lambda each: {**{k: v for k, v in each.items() if k != "groups"}, "members": []}))
    assert "no group shows members" in str(_gaps(service)["all"])


def _large_ones_alone(answer: Answer) -> Answer:
    """The listing leaves out the members of groups that have more than two."""
    if "totalResults" not in answer:
        return answer
    kept = [
        {key: value for key, value in each.items() if key != "members" or len(value) <= 2}
        for each in answer.get("Resources") or []
    ]
    return {**answer, "Resources": kept}


def test_members_a_listing_leaves_out_are_asked_for_group_by_group(service: Service) -> None:
    ids = _crowd(service)
    service.group("small", *ids[:2])
    service.group("empty")
    whole = members(read(connect(service)))
    assert len(whole) == 9
    _everywhere(service, lambda answer: _large_ones_alone({k: v for k, v in answer.items() if k != "groups"}))
    snapshot = read(connect(service))
    assert members(snapshot) == whole
    assert set(_gaps(service).values()) == {None}
    assert "groups" in json.loads(rows(snapshot)[0]["known_fields"])


def test_a_group_that_may_not_be_read_alone_has_unknown_members(service: Service) -> None:
    ids = _crowd(service)
    service.group("small", *ids[:2])
    _everywhere(service, _large_ones_alone)
    service.faults.answers.append(lambda path, _query: (403, {}, b"{}") if "/Groups/" in path else None)
    gaps = _gaps(service)
    assert gaps == {"all": "scim:ListGroups denied: the group read alone", "small": None}
    snapshot = read(connect(service))
    assert "groups" not in json.loads(rows(snapshot)[0]["known_fields"])
    assert {each.action: each.outcome for each in snapshot.coverage}["scim:ListGroups"] == "denied"


@pytest.mark.parametrize(
    ("written", "expected"),
    [("true", True), ("False", False), (True, True), ("yes", None), (1, None), (None, None)],
)
def test_active_may_be_text_and_what_is_no_truth_value_is_unknown(
    service: Service, written: object, expected: bool | None
) -> None:
    ann = service.user("ann")
    service.user("bob", active=True)
    _everywhere(service, _each(lambda each: {**each, "active": written} if each["id"] == ann else each))
    found = by_name(read(connect(service)))["ann"]
    assert found["is_enabled"] is expected
    assert json.loads(found["invalid_fields"]) == ([] if expected is not None else ["is_enabled"])


@pytest.mark.parametrize(
    "emails",
    [
        [{"value": "a@corp.org", "type": "work"}, {"value": "b@corp.org", "type": "home"}],
        [{"value": "b@corp.org", "primary": "false"}, {"value": "a@corp.org", "primary": "True"}],
        ["a@corp.org", "b@corp.org"],
        [{"value": "a@corp.org"}, {"value": "b@corp.org"}, {"value": None}, {}],
    ],
)
def test_addresses_without_a_primary_one_are_read_in_an_order_of_their_own(service: Service, emails: object) -> None:
    service.user("ann")
    _everywhere(service, _each(lambda each: {**each, "emails": emails}))
    [ann] = rows(read(connect(service)))
    assert (ann["email"], json.loads(ann["alias_emails"])) == ("a@corp.org", ["b@corp.org"])


@pytest.mark.parametrize(
    "schema",
    [ENTERPRISE, "urn:scim:schemas:extension:enterprise:1.0", "urn:ietf:params:scim:schemas:extension:enterprise:2.0"],
)
def test_the_enterprise_extension_is_known_in_each_of_its_versions(service: Service, schema: str) -> None:
    service.user("ann")
    extension = {"employeeNumber": 42, "department": "Finance", "manager": {"managerId": "x", "value": "7"}}
    other = {"urn:example:params:scim:schemas:extension:acme:1.0:User": {"employeeNumber": "no", "badge": 1}}
    _everywhere(service, _each(lambda each: {**each, schema: extension, **other, "schemas": [schema, *other]}))
    [ann] = rows(read(connect(service)))
    assert (ann["employee_id"], ann["department"], ann["manager_id"]) == ("42", "Finance", "7")


def test_each_role_is_kept_whatever_it_is_called(service: Service) -> None:
    """Values of one display are several roles; Slack and Salesforce write bare texts, Entra only displays."""
    ann, bob = service.user("ann"), service.user("bob")
    roles: dict[str, list[object]] = {
        ann: [
            {"value": "r1", "display": "Admin"},
            {"value": "r2", "display": "Admin"},
            {"value": "r1", "display": "Admin"},
        ],
        bob: ["auditor", {"display": "Reader", "primary": "True"}, {"value": 7}],
    }
    _everywhere(service, _each(lambda each: {**each, "roles": roles.get(each["id"], [])}))
    found = {
        (row["account_native_id"], row["entitlement_id"], row["entitlement_name"])
        for row in rows(read(connect(service)), "entitlements")
    }
    assert found == {
        (ann, "r1", "Admin"),
        (ann, "r2", "Admin"),
        (bob, "auditor", "auditor"),
        (bob, "Reader", "Reader"),
        (bob, "7", "7"),
    }


@pytest.mark.soak
@pytest.mark.parametrize(("limit", "size"), [(None, 100), (100, 500), (37, 1000)])
def test_thirteen_hundred_users_and_their_groups_are_all_read(service: Service, limit: int | None, size: int) -> None:
    ids = [service.user(f"user{number:04}", active=number % 7 != 0) for number in range(1_300)]
    for number in range(320):
        service.group(f"group{number:03}", *ids[number::320])
    service.group("everyone", *ids)
    service.faults.page_limit = limit
    snapshot = read(connect(service, page_size=size))
    assert (len(rows(snapshot)), len(rows(snapshot, "groups"))) == (1_300, 321)
    assert len(members(snapshot)) == 2_600
    assert sum(row["is_enabled"] is False for row in rows(snapshot)) == 186
