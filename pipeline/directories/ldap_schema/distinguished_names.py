"""Normalises distinguished names, so that two spellings of one name are equal (RFC 4514)."""

from __future__ import annotations

import re
from functools import lru_cache

_PIECE = re.compile(r"\\(?:[0-9A-Fa-f]{2}|.)|[^\\,+=]+|[,+=]|\\", re.DOTALL)
_HEX = re.compile(r"\\([0-9A-Fa-f]{2})")


@lru_cache(maxsize=200_000)
def folded(dn: str) -> str:
    """The name in one spelling; attribute types and values compare without case and with single blanks.

    The parts are joined with a comma, and a comma inside a value is written `\\,`.
    """
    return ",".join("+".join(sorted(rdn)) for rdn in _parts(dn))


def first_value(dn: str) -> str:
    """The value of a name's first part, as it is shown: `Crew` of `cn=Crew,ou=groups`."""
    held = ""
    for piece in _PIECE.findall(dn.partition("=")[2]):
        if piece in (",", "+"):
            break
        held += piece
    return _plain(held).strip()


def _parts(dn: str) -> list[list[str]]:
    """Each relative name as its `type=value` pairs."""
    if "\\" not in dn and "+" not in dn:
        return [[_pair(part)] for part in dn.split(",")]
    parts = [[""]]
    for piece in _PIECE.findall(dn):
        if piece == ",":
            parts.append([""])
        elif piece == "+":
            parts[-1].append("")
        else:
            parts[-1][-1] += piece
    return [[_pair(pair) for pair in rdn] for rdn in parts]


def _pair(written: str) -> str:
    kind, _, value = written.partition("=")
    value = _plain(value) if "\\" in value else value
    plain = " ".join(value.split()).casefold()
    escaped = re.sub(r"([\\,+])", r"\\\1", plain)
    return f"{kind.strip().casefold()}={escaped}" if "=" in written else escaped


def _plain(value: str) -> str:
    """Without escapes: `\\2C` and `\\,` are a comma; several hexadecimal pairs are UTF-8."""
    out = bytearray()
    for piece in _PIECE.findall(value):
        pair = _HEX.fullmatch(piece)
        if pair:
            out += bytes.fromhex(pair[1])
        else:
            out += piece.removeprefix("\\").encode("utf-8", "replace") if len(piece) > 1 else piece.encode()
    return out.decode("utf-8", "replace")
