"""How names turn into ASCII, into user names and into mistakes."""

from __future__ import annotations

import random
import re
import unicodedata

_LETTERS = {"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "þ": "th", "ð": "d", "đ": "d", "\u0131": "i", "œ": "oe"}
_SPELLED_OUT = {**_LETTERS, "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}

PATTERNS = (
    "flast", "first.last", "lastf", "firstl", "f.last", "last.first", "first_last", "first-last", "firstlast", "flast8",
    "fmlast", "number", "initials_number", "first3last3",
)  # fmt: skip
"""How user names are made; the last four (after `flast8` and `fmlast`) hardly tell the name."""


def ascii_of(text: str, *, spelled_out: bool) -> str:
    """`text` in lower-case ASCII letters, digits, blanks and hyphens: ü as u, or as ue when `spelled_out`."""
    table = _SPELLED_OUT if spelled_out else _LETTERS
    lowered = unicodedata.normalize("NFC", text).lower()
    replaced = "".join(table.get(letter, letter) for letter in lowered)
    plain = unicodedata.normalize("NFD", replaced)
    return re.sub(r"[^a-z0-9 -]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def joined(text: str) -> str:
    """A name as one word, the way user names hold it."""
    return re.sub(r"[ -]", "", text)


def username(
    pattern: str, given: str, middle: str, family: str, number: int, *, spelled_out: bool, prefix: str = "u"
) -> str:
    """The user name `pattern` makes of a name; `number` is the person's own, for patterns that use one."""
    first_words = ascii_of(given, spelled_out=spelled_out).split() or ["x"]
    first = joined(first_words[0]) or "x"
    last = joined(ascii_of(family, spelled_out=spelled_out)) or "x"
    middle_initial = joined(ascii_of(middle, spelled_out=spelled_out))[:1]
    made = {
        "flast": first[:1] + last,
        "first.last": f"{first}.{last}",
        "lastf": last + first[:1],
        "firstl": first + last[:1],
        "f.last": f"{first[:1]}.{last}",
        "last.first": f"{last}.{first}",
        "first_last": f"{first}_{last}",
        "first-last": f"{first}-{last}",
        "firstlast": first + last,
        "flast8": (first[:1] + last)[:8],
        "fmlast": first[:1] + middle_initial + last,
        "number": f"{prefix}{number:06d}",
        "initials_number": f"{first[:1]}{middle_initial or 'x'}{last[:1]}{number % 100000}",
        "first3last3": first[:3] + last[:3],
        "first": first,
    }
    return made[pattern]


def typo(text: str, rng: random.Random) -> str:
    """`text` with one slip of the fingers: two letters swapped, one dropped, doubled or replaced."""
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + rng.choice("aeiourstln") + text[at + 1 :]
