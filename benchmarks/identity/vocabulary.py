"""The words companies are made of: people's names by culture, nicknames, departments, and what services are called.

Family names beyond the listed ones are composed of stems and endings, so that a company of a million accounts does not
consist of namesakes.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Culture:
    """Given names, family names, stems and endings of further family names; `share` is its weight in a company."""

    share: float
    given: tuple[str, ...]
    family: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    particles: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Every word there is."""

    cultures: tuple[Culture, ...]
    nicknames: dict[str, tuple[str, ...]]
    company_words: tuple[str, ...]
    company_trades: tuple[str, ...]
    departments: tuple[str, ...]
    service_jobs: tuple[str, ...]
    code_names: tuple[str, ...]
    applications: tuple[str, ...]
    mailboxes: tuple[str, ...]
    titles: tuple[str, ...]
    contractor_domains: tuple[str, ...]


@cache
def vocabulary() -> Vocabulary:
    """The words of `words.toml`."""
    file = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return Vocabulary(
        cultures=tuple(_culture(values) for values in file["cultures"].values()),
        nicknames={name: _words(text) for name, text in file["nicknames"].items()},
        **{name: _words(text) for name, text in file["words"].items()},
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


def _culture(values: dict[str, Any]) -> Culture:
    return Culture(share=values["share"], **{name: _words(text) for name, text in values.items() if name != "share"})
