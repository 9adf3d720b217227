"""Reads members that a server returns in ranges (MS-ADTS 3.1.1.3.1.3.3)."""

from __future__ import annotations

import re
from dataclasses import replace

import ldap3

from pipeline.coverage import CoverageRecorder
from pipeline.directories.ldap.session import BrokeOffError, LdapSession
from pipeline.directories.ldap_schema.entry import Entry
from pipeline.directories.read_failure import DirectoryReadError

_RANGE = re.compile(r"member;range=(\d{1,9})-(\d{1,9}|\*)", re.ASCII)


def with_every_member(session: LdapSession, reads: CoverageRecorder, action: str, group: Entry) -> Entry:
    """The group with the members of all parts as `member`.

    When a part cannot be had, those read so far stay under their range: that says that there are more.
    """
    while part := _open_part(group):
        name, end = part
        asked = f"member;range={end + 1}-*"
        try:
            pages = session.pages(action, group.dn, "(objectClass=*)", [asked], scope=ldap3.BASE, limit=1)
            found = [entry for page in pages for entry in page]
        except (DirectoryReadError, BrokeOffError):
            session.close()
            return group
        reads.record(action, "ok")
        following = {key: values for each in found for key, values in each.attributes.items() if _RANGE.fullmatch(key)}
        if not following:
            return group
        [(key, more), *_] = following.items()
        start, last = _RANGE.fullmatch(key).groups()  # type: ignore[union-attr]
        if int(start) != end + 1 or (last != "*" and int(last) < int(start)):
            return group
        kept = {each: values for each, values in group.attributes.items() if each != name}
        held = [*group.attributes[name], *more]
        new = f"member;range=0-{last}" if last != "*" else "member"
        group = replace(group, attributes={**kept, new: [*kept.get(new, ()), *held]})
    return group


def _open_part(group: Entry) -> tuple[str, int] | None:
    """The range that is not the last, and where it ends."""
    for name in group.attributes:
        found = _RANGE.fullmatch(name)
        if found and found[2] != "*":
            return name, int(found[2])
    return None
