"""All resources of one endpoint, by startIndex, or none of them.

Belongs here: paging (RFC 7644 section 3.4.2.4) and noticing that something was missed.
Does not belong here: requests (`http`).

Index paging misses somebody when an earlier one is deleted in between. The service counts what it has on every page:
a listing whose count changed, or that does not have as many ids as were counted, is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.directories.reads import ReadFailedError
from pipeline.directories.scim.http import ScimClient

Resource = Mapping[str, Any]
MOST_READINGS = 4


class _UnsteadyError(Exception):
    """The listing changed while it was read."""


def resources(client: ScimClient, action: str, path: str, tell: Callable[[int], None]) -> list[Resource]:
    """Everything at `path`, each id once; attribute names in lower case, for SCIM does not tell case apart.

    Raises ReadFailedError when it could not be read to its end, or not twice alike.
    """
    for reading in range(MOST_READINGS):
        try:
            return _once(client, action, path, tell)
        except _UnsteadyError as unsteady:
            last = str(unsteady)
            client.reads.begun_again(action)
            client.sleep(0.1 * 2**reading)
    raise ReadFailedError(action, "failed", "IncompleteListing", f"{last}, {MOST_READINGS} times in a row")


def page(client: ScimClient, action: str, path: str, start: int, count: int) -> tuple[list[Resource], int]:
    """One page and the service's own count of all; raises ReadFailedError for an answer that is no list."""
    answer = folded(client.get(action, path, {"startIndex": start, "count": count}))
    total, listed = answer.get("totalresults"), answer.get("resources", [])
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise ReadFailedError(action, "failed", "MalformedAnswer", "no totalResults in the answer")
    if not isinstance(listed, list) or not all(isinstance(each, dict) and _id(each) for each in listed):
        raise ReadFailedError(action, "failed", "MalformedAnswer", "a resource without an id in the answer")
    given = answer.get("startindex", start)
    if listed and given != start:
        raise ReadFailedError(action, "failed", "MalformedAnswer", f"startIndex {start} was asked, and {given} given")
    client.reads.answered(action, len(listed))
    return [folded(each) for each in listed], total


def _once(client: ScimClient, action: str, path: str, tell: Callable[[int], None]) -> list[Resource]:
    found: dict[str, Resource] = {}
    start, counted = 1, None
    while True:
        listed, total = page(client, action, path, start, client.connection.page_size)
        if counted not in (None, total):
            raise _UnsteadyError(f"the service counted {counted}, then {total}")
        counted = total
        for each in listed:
            if found.setdefault(each["id"], each) != each:
                raise _UnsteadyError(f"{each['id']!r:.80} was listed twice, and not alike")
        tell(len(found))
        start += len(listed)
        if not listed or start > total:
            break
    if len(found) != counted:
        raise _UnsteadyError(f"the service counts {counted}, and listed {len(found)}")
    return [found[each] for each in sorted(found)]


def folded(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The same with attribute names in lower case."""
    return {name.lower(): value for name, value in resource.items()}


def _id(resource: Mapping[str, Any]) -> bool:
    found = folded(resource).get("id")
    return isinstance(found, str) and bool(found)
