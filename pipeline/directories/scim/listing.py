"""Lists all resources of an endpoint completely, or not at all.

Index paging misses a resource when an earlier one is deleted in between. The service counts what it has on every page:
a listing whose count changed, or that does not have as many ids as were counted, is read again. Some services give the
count of the page instead, so a listing that seems to end with its first page is asked for what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.directories.read_failure import DirectoryReadError
from pipeline.directories.scim.http import ScimClient
from pipeline.read_limits import current

Resource = Mapping[str, Any]
MOST_READINGS = 4
BEYOND_THE_END = frozenset({"400", "404"})
"""What a service may answer, instead of no resources, when it is asked for an index after its last one."""


class _UnsteadyError(Exception):
    """The listing changed while it was read."""


@dataclass(frozen=True)
class ListPage:
    """One answer: resources with attribute names in lower case, the service's own count, where it says it starts, and
    the cursor of the next page (empty without one). `is_by_cursor` says which way of paging it belongs to."""

    resources: Sequence[Resource]
    total: int | None
    start: int | None
    next_cursor: str
    is_by_cursor: bool


@dataclass
class _Found:
    """The resources of one reading by their ids, and every count that the service gave."""

    by_id: dict[str, Resource] = field(default_factory=dict)
    totals: set[int] = field(default_factory=set)

    def add(self, page: ListPage) -> None:
        for each in page.resources:
            if self.by_id.setdefault(each["id"], each) != each:
                raise _UnsteadyError(f"{each['id']!r:.80} was listed twice, and not alike")
        if page.total is not None:
            self.totals.add(page.total)

    def has_all_of(self, page: ListPage) -> bool:
        return all(each["id"] in self.by_id for each in page.resources)


def resources(client: ScimClient, action: str, path: str, tell: Callable[[int], None]) -> list[Resource]:
    """Everything at `path`, each id once; attribute names in lower case, for SCIM does not tell case apart.

    raises DirectoryReadError when it could not be read to its end, or not twice alike.
    """
    for reading in range(MOST_READINGS):
        try:
            found = _once(client, action, path, tell)
            return [found[each] for each in sorted(found)]
        except _UnsteadyError as unsteady:
            last = str(unsteady)
            client.reads.restarted(action)
            client.sleep(0.1 * 2**reading)
    raise DirectoryReadError(action, "failed", "IncompleteListing", f"{last}, {MOST_READINGS} times in a row")


def first_page(client: ScimClient, action: str, path: str, count: int) -> ListPage:
    """The first page; asked for by an empty cursor where the service refuses an index (RFC 9865 section 2)."""
    try:
        return _page(client, action, path, {"startIndex": 1, "count": count})
    except DirectoryReadError as refused:
        if refused.code != "400":
            raise
        try:
            return _page(client, action, path, {"cursor": "", "count": count})
        except DirectoryReadError:
            raise refused from None


def _page(
    client: ScimClient, action: str, path: str, query: Mapping[str, object], *, is_counted: bool = True
) -> ListPage:
    """One page; raises DirectoryReadError for an answer that is no list."""
    answer = folded(client.get(action, path, query))
    listed = answer.get("resources") or []
    if not isinstance(listed, list) or not all(isinstance(each, dict) and _id(each) for each in listed):
        raise DirectoryReadError(action, "failed", "MalformedAnswer", "a resource without an id in the answer")
    cursor, total = answer.get("nextcursor"), _number(answer.get("totalresults"))
    is_by_cursor = "cursor" in query or bool(cursor)
    if not is_by_cursor and (total is None or total < 0):
        raise DirectoryReadError(action, "failed", "MalformedAnswer", "no totalResults in the answer")
    client.reads.record(action, "ok", rows=len(listed) if is_counted else 0)
    current().page()
    found = [{**folded(each), "id": _id(each)} for each in listed]
    return ListPage(found, total, _number(answer.get("startindex")), str(cursor) if cursor else "", is_by_cursor)


def _once(client: ScimClient, action: str, path: str, tell: Callable[[int], None]) -> dict[str, Resource]:
    found, count = _Found(), client.connection.page_size
    first = first_page(client, action, path, count)
    found.add(first)
    tell(len(found.by_id))
    if first.is_by_cursor:
        _follow_cursor(client, action, path, first, found, tell)
    else:
        _follow_index(client, action, path, first, found, tell)
    return found.by_id


def _follow_index(
    client: ScimClient, action: str, path: str, first: ListPage, found: _Found, tell: Callable[[int], None]
) -> None:
    total, page, start = first.total or 0, first, 1 + len(first.resources)
    while page.resources and start <= total:
        page = _page(client, action, path, {"startIndex": start, "count": client.connection.page_size})
        if page.total != total:
            raise _UnsteadyError(f"the service counted {total}, then {page.total}")
        if page.resources and page.start not in (None, start) and found.has_all_of(page):
            reason = f"startIndex {start} was asked, and {page.start} given"
            raise DirectoryReadError(action, "failed", "MalformedAnswer", reason)
        found.add(page)
        tell(len(found.by_id))
        start += len(page.resources)
    if len(found.by_id) != total:
        raise _UnsteadyError(f"the service counts {total}, and listed {len(found.by_id)}")
    if page is first and page.resources:
        _check_end(client, action, path, start, found)


def _check_end(client: ScimClient, action: str, path: str, start: int, found: _Found) -> None:
    """Raises _UnsteadyError when there is more after the count that the service gave on its only page."""
    try:
        query = {"startIndex": start, "count": client.connection.page_size}
        beyond = _page(client, action, path, query, is_counted=False)
    except DirectoryReadError as failure:
        if failure.code in BEYOND_THE_END or failure.code == "MalformedAnswer":
            return
        raise
    if not found.has_all_of(beyond):
        raise _UnsteadyError(f"the service counts {len(found.by_id)}, and lists more after them")


def _follow_cursor(
    client: ScimClient, action: str, path: str, first: ListPage, found: _Found, tell: Callable[[int], None]
) -> None:
    """To the page without a cursor. A service that cannot count gives no total, or 0 (RFC 9865 section 2.1)."""
    page = first
    while page.next_cursor:
        known = len(found.by_id)
        try:
            query = {"cursor": page.next_cursor, "count": client.connection.page_size}
            page = _page(client, action, path, query)
        except DirectoryReadError as failure:
            if failure.code == "400":  # expiredCursor or invalidCursor: only a new listing has a cursor that is good
                raise _UnsteadyError(f"the cursor was refused after {known:,}: {failure.message}") from failure
            raise
        found.add(page)
        tell(len(found.by_id))
        if page.next_cursor and len(found.by_id) == known:
            reason = f"page after page without anything new, after {known:,}"
            raise DirectoryReadError(action, "failed", "EndlessListing", reason)
    counted = found.totals - {0}
    if counted and not min(counted) <= len(found.by_id) <= max(counted):
        raise _UnsteadyError(f"the service counts {max(counted)}, and listed {len(found.by_id)}")


def folded(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The same with attribute names in lower case."""
    return {name.lower(): value for name, value in resource.items()}


def _number(value: object) -> int | None:
    """A count; a service may write it as text."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _id(resource: Mapping[str, Any]) -> str:
    """The id as text, empty without one; some services write a number."""
    found = folded(resource).get("id")
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
