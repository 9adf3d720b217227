"""What Active Directory says in its own way of an account, a domain or a referral.

Sources: Microsoft's "Well-known SIDs", "UserAccountControl property flags", "Active Directory Schema"
(isCriticalSystemObject, lockoutTime, lockoutDuration, lastLogonTimestamp) and MS-ADTS 3.1.1.3.1.3.3 (range retrieval).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from pipeline.directories.ldap_schema import values
from pipeline.directories.ldap_schema.distinguished_names import folded
from pipeline.directories.ldap_schema.entry import Entry

ADMINISTRATOR = 500
FIRST_OWN = 1000
"""Relative ids below this are given by Microsoft; every account of the domain's own has a higher one."""
TRUST_OR_COMPUTER = 0x0800 | 0x1000 | 0x2000
"""userAccountControl: INTERDOMAIN_TRUST_ACCOUNT, WORKSTATION_TRUST_ACCOUNT, SERVER_TRUST_ACCOUNT."""
MACHINE_CLASSES = frozenset({"computer", "msds-managedserviceaccount", "msds-groupmanagedserviceaccount"})
OWN_PARTITIONS = ("cn=configuration,", "dc=domaindnszones,", "dc=forestdnszones,")


def kind_of(entry: Entry) -> tuple[str, str] | None:
    """What an account is (as in ACCOUNTS' `account_kind`) and why; None where nothing marks it."""
    rid = relative_id(entry)
    if rid == ADMINISTRATOR:
        return "break_glass", "the domain's built-in Administrator (relative id 500)"
    if rid is not None and rid < FIRST_OWN:
        return "service", f"a built-in account (relative id {rid})"
    classes = {value.decode("utf-8", "replace").lower() for value in entry.values("objectClass")}
    if found := sorted(classes & MACHINE_CLASSES):
        return "service", f"objectClass {found[-1]}"
    flags = 0
    with suppress(ValueError):
        flags = values.number(next(iter(entry.values("userAccountControl")), b"0"))
    if flags & TRUST_OR_COMPUTER:
        return "service", "userAccountControl marks a computer or the account of a trusted domain"
    if entry.values("isCriticalSystemObject") == [b"TRUE"]:
        return "service", "isCriticalSystemObject"
    return None


def relative_id(entry: Entry) -> int | None:
    """The last number of a SID that a domain gave; None without one."""
    for value in entry.values("objectSid"):
        with suppress(ValueError):
            written = values.security_id(value)
            return int(written.rpartition("-")[2]) if written.startswith("S-1-5-21-") else None
    return None


def lockout_of(domain: Entry) -> timedelta | None:
    """How long a lockout lasts by the domain's policy; None when an administrator must end it, or it is not shown."""
    for value in domain.values("lockoutDuration"):
        with suppress(ValueError, OverflowError):
            ticks = values.number(value)
            return timedelta(microseconds=-ticks // 10) if -(2**63) < ticks < 0 else None
    return None


def is_locked(since: datetime, lockout: timedelta | None, as_of: datetime) -> bool:
    """Whether a lockout that began then is still on."""
    return lockout is None or as_of - since < lockout


def domain_of(base_dn: str) -> str:
    """The domain a name is in: its `dc` parts; empty when it has none."""
    parts = folded(base_dn).split(",")
    return ",".join(part for part in parts if part.startswith("dc="))


def is_own_partition(referral: str, base_dn: str) -> bool:
    """Whether a reference leads to the domain's own Configuration or DNS partition, which hold no accounts."""
    name = folded(unquote(urlsplit(referral).path.removeprefix("/")))
    return any(name == f"{start}{domain_of(base_dn)}" for start in OWN_PARTITIONS)
