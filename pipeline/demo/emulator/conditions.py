"""The condition operators of IAM's policy language that read policies use.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
An operator that is not here raises, so that nothing is allowed by a condition that was never judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any


class UnsupportedConditionError(Exception):
    """A condition operator this emulator does not judge."""


def holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    """Whether every condition holds; `context` has lower-case keys, for condition keys ignore case."""
    return all(
        _one(operator, key.lower(), _texts(wanted), context)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _one(operator: str, key: str, wanted: list[str], context: Mapping[str, str]) -> bool:
    name = operator.split(":")[-1]
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    present = context.get(key)
    if name == "Null":
        return (present is None) == (wanted == ["true"])
    negated = name in _NEGATED
    test = _OPERATORS.get(_NEGATED.get(name, name))
    if test is None:
        raise UnsupportedConditionError(operator)
    if present is None:
        return if_exists or negated
    return any(test(present, value) for value in wanted) != negated


def wildcard(text: str) -> str:
    """A policy's `*` and `?` as a regular expression."""
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


def _like(present: str, wanted: str) -> bool:
    return re.fullmatch(wildcard(wanted), present, re.DOTALL) is not None


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda present, wanted: present == wanted,
    "StringEqualsIgnoreCase": lambda present, wanted: present.casefold() == wanted.casefold(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda present, wanted: present.lower() == wanted.lower(),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _texts(raw: object) -> list[str]:
    found = raw if isinstance(raw, list) else [raw]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in found]
