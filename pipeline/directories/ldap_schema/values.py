"""Converts LDAP attribute values: text, instants, identifiers."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

_GENERALIZED = re.compile(r"(\d{10})(\d\d)?(\d\d)?(?:[.,](\d+))?(Z|[+-]\d\d(?:\d\d)?)", re.ASCII)
_EPOCH = datetime(1601, 1, 1)
NEVER = frozenset({0, 0x7FFFFFFFFFFFFFFF})
"""How Active Directory writes that there is no such instant."""
FOREVER_LOCKED = b"000001010000Z"
"""pwdAccountLockedTime of an account that an administrator shut."""
DISABLED = 2
"""The bit ACCOUNTDISABLE of userAccountControl."""
LATE_ATTRIBUTES = frozenset({"lastlogontimestamp", "lastlogondate", "lastlogon"})
"""The replicated last sign-in, PowerShell's name for it, and that of one domain controller alone."""
LATE = "the directory writes lastLogonTimestamp up to 14 days late, so the last sign-in may be up to 14 days after it"
GUID_ATTRIBUTES = frozenset({"objectguid", "msexchmailboxguid"})


def text(value: bytes) -> str:
    """UTF-8, as every text in LDAP is."""
    return value.decode()


def identity(attribute: str, value: bytes) -> str:
    """An id as text: a GUID the way Microsoft writes it, other binary ones in hexadecimal."""
    if attribute.lower() in GUID_ATTRIBUTES and len(value) == 16:
        return str(uuid.UUID(bytes_le=value))
    try:
        found = value.decode()
    except UnicodeDecodeError:
        return value.hex()
    return found if found.isprintable() else value.hex()


def security_id(value: bytes) -> str:
    """A SID as `S-1-5-21-...`, from its bytes (MS-DTYP 2.4.2) or from that text."""
    if value.startswith(b"S-1-"):
        return value.decode("ascii")
    if len(value) < 8 or value[0] != 1 or len(value) != 8 + 4 * value[1]:
        raise ValueError("not a SID")
    parts = [int.from_bytes(value[2:8], "big")]
    parts += [int.from_bytes(value[at : at + 4], "little") for at in range(8, len(value), 4)]
    return "-".join(["S", "1", *map(str, parts)])


def number(value: bytes) -> int:
    """A whole number."""
    written = value.decode("ascii")
    if not re.fullmatch(r"-?\d{1,20}", written, re.ASCII):
        raise ValueError("not a number")
    return int(written)


def instant(value: bytes) -> datetime | None:
    """An instant in UTC without a zone, from generalized time (RFC 4517) or from Microsoft's count of 100 ns since
    1601; None when it says never."""
    written = value.decode("ascii")
    if re.fullmatch(r"\d{1,20}", written, re.ASCII):
        ticks = int(written)
        if ticks in NEVER:
            return None
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10)
        except OverflowError:
            raise ValueError("beyond the calendar") from None
    found = _GENERALIZED.fullmatch(written)
    if found is None:
        raise ValueError("not an instant")
    hours, minutes, seconds, fraction, zone = found.groups()
    moment = datetime.strptime(f"{hours}{minutes or '00'}{seconds or '00'}", "%Y%m%d%H%M%S")
    if fraction and seconds:
        moment += timedelta(microseconds=int(fraction.ljust(6, "0")[:6]))
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5] or 0))
        moment -= offset if zone[0] == "+" else -offset
    return moment


def end_of(value: bytes) -> datetime | None:
    """When an account closes: generalized time, or days since 1970 where -1 says never (shadow(5))."""
    written = value.decode("ascii").strip()
    if not re.fullmatch(r"-?\d{1,6}", written, re.ASCII):
        return instant(value)
    return datetime(1970, 1, 1) + timedelta(days=int(written)) if int(written) >= 0 else None


def is_late(attribute: str) -> bool:
    """Whether an account may have signed in up to 14 days after what this attribute says."""
    return attribute.strip().lower() in LATE_ATTRIBUTES


def naive_utc(moment: datetime) -> datetime:
    """UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def address(value: bytes) -> str | None:
    """A proxy address: `smtp:ann@example.org` is a mailbox, anything else is none."""
    scheme, _, rest = value.decode().partition(":")
    return rest if scheme.lower() == "smtp" and rest else None
