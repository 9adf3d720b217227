"""Languages: names, office words, and words that were never any language's."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.identity.spelling import ascii_of

TERMS = (
    *("owner", "creator", "approver", "mail", "number", "name", "department", "cost", "app", "environment", "kind"),
    *("ticket", "note", "requester", "team", "expiry", "site", "project", "secrecy", "backup", "host"),
    *("service", "shared", "emergency", "room", "test", "human", "external", "permanent", "active", "left"),
)
"""What a company has a word for: meanings of tags, kinds of accounts, worker types and states of employment."""

_HEADS = (*"bdfghjklmnprstvwz", "br", "ch", "dr", "gl", "kr", "pl", "sk", "st", "tr", "zh")
_HEARTS = (*"aeiouy", "ai", "au", "ea", "io", "ou")
_TAILS = ("", "", "l", "m", "n", "r", "s", "th", "x", "rk", "nd")


@dataclass(frozen=True)
class Tongue:
    """A language; `family_first` is the order in which its speakers write a name."""

    name: str
    family_first: bool
    given: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    terms: dict[str, str]

    def family(self, rng: random.Random) -> str:
        """A family name made of one or two stems and an ending."""
        second = rng.choice(self.stems).strip().lower() if rng.random() < 0.5 else ""
        return f"{rng.choice(self.stems)}{second}{rng.choice(self.endings)}".strip()


def invented(rng: random.Random, syllables: int = 2) -> str:
    """A lower-case word of no language."""
    return "".join(rng.choice(_HEADS) + rng.choice(_HEARTS) + rng.choice(_TAILS) for _ in range(syllables))


def invented_tongue(rng: random.Random) -> Tongue:
    """A language nobody speaks, with every term."""
    return Tongue(
        "invented",
        rng.random() < 0.5,
        tuple(invented(rng).title() for _ in range(40)),
        tuple(invented(rng).title() for _ in range(30)),
        tuple(invented(rng, 1) for _ in range(16)),
        {term: invented(rng, rng.choice((2, 2, 3))).title() for term in TERMS},
    )


def _words(each: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    given, stems, endings = (
        tuple(word.replace("_", " ") for word in each[key].split()) for key in ("given", "stems", "endings")
    )
    return given, stems, endings


@cache
def tongues() -> tuple[Tongue, ...]:
    """The languages of `words.toml`."""
    file = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return tuple(
        Tongue(
            name,
            each["order"] == "family",
            *_words(each),
            dict(zip(TERMS, each["terms"].split(), strict=True)),
        )
        for name, each in file.items()
    )


def ascii_word(text: str) -> str:
    """`text` in lower-case ASCII letters, its parts (`KostenStelle`, `cost centre`) parted by blanks."""
    parted = re.sub(r"(?<=[^\W\d_])(?=[A-Z])", " ", text)
    return re.sub(r"[^a-z0-9 ]", "", ascii_of(parted, spelled_out=False))


def _abbreviated(words: str) -> str:
    plain = words.replace(" ", "")
    return (plain[:1] + re.sub(r"[aeiouy]", "", plain[1:]))[:5]


def key_writers(rng: random.Random) -> tuple[Callable[[str], str], ...]:
    """Ways of writing a term as a tag key or a column; one company's prefixes are in them."""
    prefix = invented(rng, 1)
    return (
        lambda w: ascii_word(w).replace(" ", "-"),
        lambda w: ascii_word(w).replace(" ", "_"),
        lambda w: ascii_word(w).title().replace(" ", ""),
        lambda w: ascii_word(w).replace(" ", "").upper(),
        lambda w: f"{prefix}:{ascii_word(w).replace(' ', '-')}",
        lambda w: f"{prefix}/{ascii_word(w).replace(' ', '')}",
        lambda w: f"{prefix}.{ascii_word(w).replace(' ', '.')}",
        lambda w: f"{prefix}{ascii_word(w).title().replace(' ', '')}",
        lambda w: _abbreviated(ascii_word(w)),
        lambda w: w,
    )
