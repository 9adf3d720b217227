"""Attributes of an entry by the names they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def by_name(raw: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes]]:
    """Values by attribute names in lower case.

    Of an attribute that an entry has in tagged languages only (`cn;lang-de`, RFC 3866) the first language stands for
    it. Other options (`;binary`) are no part of the plain attribute, and ranges of members keep theirs.
    """
    named = {name.lower(): list(values) for name, values in raw.items()}
    found = {name: values for name, values in named.items() if ";" not in name or ";range=" in name}
    for name in sorted(named):
        plain, _, options = name.partition(";")
        if options.startswith("lang-") and not found.get(plain):
            found[plain] = named[name]
    return found
