"""Reads the members of groups that a listing shows without them.

A listing may leave members out of every group, or of the large ones (RFC 7643 section 7, `returned`), and a group
without members may look the same. Read alone, a group shows them where the service ever does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from pipeline.directories.read_failure import DirectoryReadError
from pipeline.directories.scim.http import ScimClient
from pipeline.directories.scim.listing import Resource, folded
from pipeline.directories.scim.resources import shows_groups, shows_members

MOST_SINGLE = 1_000
"""Groups that are asked for alone; beyond that the answer would take too long."""


def with_members(
    client: ScimClient, action: str, path: str, groups: Sequence[Resource], users: Sequence[Resource]
) -> tuple[list[Resource], Mapping[str, str]]:
    """The groups with the members that can be had, and by group id why its members are not known.

    `action` and `path` are those of the listing of groups.
    """
    if shows_groups(users):
        return list(groups), {}
    any_listed = any(shows_members(each) for each in groups)
    bare = [each["id"] for each in groups if not shows_members(each) and not (any_listed and "members" in each)]
    alone, gaps = _read_alone(client, action, path, bare)
    whole = [alone.get(each["id"], each) for each in groups]
    if groups and not any(shows_members(each) for each in whole):
        return whole, {
            each["id"]: gaps.get(each["id"], f"{action} not_tried: no group shows members") for each in groups
        }
    return whole, gaps


def _read_alone(
    client: ScimClient, action: str, path: str, ids: Sequence[str]
) -> tuple[dict[str, Resource], dict[str, str]]:
    """Groups by id, and why those that are missing could not be read. The first one refused ends the asking."""
    found: dict[str, Resource] = {}
    gaps: dict[str, str] = {}
    refusal = ""
    for number, identity in enumerate(ids):
        if refusal or number >= MOST_SINGLE:
            gaps[identity] = refusal or f"{action} not_tried: more than {MOST_SINGLE:,} groups list no members"
            continue
        try:
            resource = folded(client.get(action, f"{path}/{quote(identity, safe='')}", {}))
        except DirectoryReadError as failure:
            gaps[identity] = f"{failure.gap}: the group read alone"
            if failure.code != "404":  # a group that was deleted meanwhile says nothing of the others
                failure.record(client.reads)
                refusal = gaps[identity]
            continue
        client.reads.record(action, "ok")
        if str(resource.get("id")) == identity:
            found[identity] = {**resource, "id": identity}
        else:
            gaps[identity] = f"{action} failed: another group was given"
    return found, gaps
