"""Decides whether a complete snapshot may replace the last good one, or a person must look first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.directories.base import Snapshot
from pipeline.landing.manifest import Manifest
from pipeline.problems import Problem

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the clocks of two machines that write to one landing may differ; AWS allows its callers as much."""

IDENTIFIER = "native_id"
_OF_A_PERSON = ("email", "employee_id", "username")
"""Columns by which an account is recognized that has got another identifier."""

Earlier = Callable[[], pa.Table]


def emptied(snapshot: Snapshot, previous: Manifest) -> Problem | None:
    """A directory that had rows and has none, however few they were."""
    if snapshot.tables[snapshot.main_table].num_rows or not previous.rows:
        return None
    return Problem.of("emptied", **_told(snapshot, previous))


def nobody_listed(snapshot: Snapshot) -> Problem | None:
    """A roster that is empty, and has no earlier snapshot to stay current."""
    if snapshot.status != "complete" or snapshot.tables[snapshot.main_table].num_rows:
        return None
    return Problem.of("roster_empty", connection=snapshot.connection, table=snapshot.main_table)


def shrank(snapshot: Snapshot, previous: Manifest, max_shrink: float, max_shrink_rows: int) -> Problem | None:
    """A directory that lost more than `max_shrink` of its rows, and at least `max_shrink_rows`."""
    rows, before = snapshot.tables[snapshot.main_table].num_rows, previous.rows
    if before is None or before - rows < max_shrink_rows or before - rows <= max_shrink * before:
        return None
    limits = {"max_shrink": f"{max_shrink:.0%}", "max_shrink_rows": str(max_shrink_rows)}
    return Problem.of("shrank", rows=f"{rows:,}", **limits, **_told(snapshot, previous))


def renumbered(
    snapshot: Snapshot, previous: Manifest, earlier: Earlier, *, is_authoritative: bool = False
) -> Problem | None:
    """A directory whose identifiers are mostly others than before, while it is still the same accounts.

    That is so when `native_id` comes from elsewhere (another column, base or address), or when accounts reappear under
    another identifier. A roster read from the same column is exempt from the second: what hangs on its rows is carried
    over by employee number and address. `earlier` gives the main table of the previous snapshot; it is called only for
    kinds whose identifiers a person chooses.
    """
    new = snapshot.tables[snapshot.main_table]
    if IDENTIFIER not in new.column_names or not new.num_rows or not previous.rows:
        return None
    is_remapped = bool(previous.id_source) and snapshot.id_source != previous.id_source
    if is_authoritative and not is_remapped:
        return None
    old = earlier()
    vanished = old.filter(pc.invert(pc.is_in(old[IDENTIFIER], value_set=new[IDENTIFIER].combine_chunks())))
    kept = old.num_rows - vanished.num_rows
    if 2 * kept >= min(old.num_rows, new.num_rows):
        return None
    if is_remapped:
        why = f"native_id now comes from {snapshot.id_source}, and came from {previous.id_source}"
    elif 2 * _seen_again(vanished, new) > vanished.num_rows:
        why = "most of the same accounts are listed again under other identifiers"
    else:
        return None
    return Problem.of("ids_changed", kept=f"{kept:,}", why=why, **_told(snapshot, previous))


def _seen_again(vanished: pa.Table, new: pa.Table) -> int:
    """How many of the rows have an address, employee number or user name that a row of `new` has too."""
    found = pa.array([False] * vanished.num_rows)
    for column in _OF_A_PERSON:
        if column in vanished.column_names and column in new.column_names:
            values = new[column].drop_null().combine_chunks()
            found = pc.or_(found, pc.is_in(vanished[column].combine_chunks(), value_set=values))
    return int(pc.sum(found).as_py() or 0)


def _told(snapshot: Snapshot, previous: Manifest) -> dict[str, str]:
    return {
        "connection": snapshot.connection,
        "table": snapshot.main_table,
        "previous": f"{previous.rows:,}",
        "previous_as_of": f"{previous.as_of:%Y-%m-%d %H:%M} UTC",
    }
