"""Compares the known connections with the configured ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def connection_changes(
    wanted: Sequence[str], existing: Collection[str], in_flight: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """The names to add, in the order of `wanted`, and the names to delete, sorted.

    A name that somebody is reading just now (`in_flight`) is not deleted: the read could not be recorded at its end.
    It is deleted the next time, when it is still not wanted.
    """
    added = [name for name in dict.fromkeys(wanted) if name not in existing]
    return added, sorted(set(existing) - set(wanted) - set(in_flight))
