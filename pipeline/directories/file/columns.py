"""Finds which column of a file is which of ours."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.connections.file_keys import COLUMN_NAMES
from pipeline.connections.models import FileConnection
from pipeline.directories.file.grid import RefusedFileError
from pipeline.directories.file.presets import PRESETS, ExportPreset
from pipeline.directories.file.presets import folded as bare
from pipeline.directories.ldap_schema.values import is_late
from pipeline.problems import Problem
from pipeline.strict_yaml.issues import printable

IDENTIFYING = ("native_id", "employee_id", "username", "email")
"""What can tell one row from another, best first."""

SECRETS = frozenset(
    {
        *("password", "passwd", "pwd", "userpassword", "unicodepwd", "dbcspwd", "ntpwdhistory", "lmpwdhistory"),
        *("supplementalcredentials", "sambantpassword", "sambalmpassword", "krbprincipalkey", "ipanthash"),
        *("mslapscurrentpassword", "msmcsadmpwd", "secret", "apikey", "accesskey", "token"),
    }
)
"""Columns that are never kept, not even unmapped: what is not stored cannot leak."""


@dataclass(frozen=True)
class Columns:
    """`positions`: our names to columns, `native_id` always among them; `kept`: unmapped columns, by their header.

    `identity` is the one of ours that `native_id` was taken from; `fallback` is the column that takes its place in rows
    without one; `further` are more columns of one of ours, of which
    the latest counts.
    """

    positions: Mapping[str, int]
    identity: str
    kept: Mapping[str, int]
    further: Mapping[str, Sequence[int]] = field(default_factory=dict)
    id_source: str = ""
    """The header that identifies a row, in words."""
    fallback: int | None = None
    is_activity_late: bool = False
    """Whether an account may have signed in after `last_active_at` (`ldap.values.is_late`)."""

    @property
    def known_fields(self) -> list[str]:
        """The fields this file can tell, in the tables' order."""
        return [name for name in COLUMN_NAMES if name in self.positions]


def wanted_headers(connection: FileConnection) -> list[str]:
    """The headers the user or the preset named, or ours where none are named."""
    preset = PRESETS[connection.preset].headers if connection.preset else []
    return [*connection.columns.values(), *preset] or list(COLUMN_NAMES)


def find_columns(headers: Sequence[str], connection: FileConnection) -> Columns:
    """Where each of our names is. Raises RefusedFileError for every named column that is not in the file, or when no
    column identifies a row. Of a preset's columns those count that are there.
    """
    positions: dict[str, int] = {}
    problems = []
    for ours, theirs in connection.columns.items():
        found = _find(theirs, headers)
        if found is None:
            problems.append(_missing(connection, ours, theirs, headers))
        else:
            positions[str(ours)] = found
    further: dict[str, Sequence[int]] = {}
    if connection.preset:
        preset = PRESETS[connection.preset]
        found_by_preset = {name: _of_preset(preset, name, headers) for name in COLUMN_NAMES if name not in positions}
        positions |= {name: found[0] for name, found in found_by_preset.items() if found}
        further = {name: found[1:] for name, found in found_by_preset.items() if name == "last_active_at" and found[1:]}
        if "native_id" not in positions:
            problems.append(_not_of(preset, connection, headers))
    elif not connection.columns and connection.path.suffix.lower() == ".ldif":
        from pipeline.directories.file.ldif_entries import defaults  # ldap3 takes its time to import

        positions = {ours: headers.index(header) for ours, header in defaults(headers).items()}
    elif not connection.columns:
        positions = {name: headers.index(name) for name in COLUMN_NAMES if name in headers}
    if problems:
        raise RefusedFileError(*problems)
    identity = next((name for name in IDENTIFYING if name in positions), "")
    if not identity:
        raise RefusedFileError(
            Problem.of("file_no_identity", connection=connection.name, path=connection.path, headers=_listed(headers))
        )
    taken = {*positions.values(), *(position for found in further.values() for position in found)}
    kept = {
        header: position for position, header in enumerate(headers) if position not in taken and not _is_secret(header)
    }
    fallback = headers.index("dn") if connection.path.suffix.lower() == ".ldif" and "dn" in headers else None
    return Columns(
        {**positions, "native_id": positions[identity]},
        identity,
        kept,
        further,
        f"column {printable(headers[positions[identity]])}",
        fallback,
        any(
            is_late(headers[at])
            for at in [positions.get("last_active_at"), *further.get("last_active_at", ())]
            if at is not None
        ),
    )


def _is_secret(header: str) -> bool:
    """Whether a header, or one around it in a nested document, is that of a secret; `Password [Required]` is."""
    outer = header.partition("[")[0].casefold().split(".")
    return any(re.sub(r"[^a-z]", "", part) in SECRETS for part in (*outer, header.casefold()))


def _of_preset(preset: ExportPreset, ours: str, headers: Sequence[str]) -> list[int]:
    """Where the preset's headers for one of ours are, best first; to the letter, else but for case and signs when that
    leaves one."""
    found = []
    for name in preset.names_of(ours):
        alike = [position for position, header in enumerate(headers) if bare(header) == bare(name)]
        exact = [position for position in alike if headers[position] == name]
        found += exact or (alike if len(alike) == 1 else [])
    return list(dict.fromkeys(found))


def _not_of(preset: ExportPreset, connection: FileConnection, headers: Sequence[str]) -> Problem:
    return Problem.of(
        "file_not_of_preset",
        connection=connection.name,
        path=connection.path,
        preset=connection.preset or "",
        product=preset.product,
        expected=" or ".join(preset.columns["native_id"]),
        headers=_listed(headers),
    )


def _find(theirs: str, headers: Sequence[str]) -> int | None:
    """The header of that name: to the letter, else but for case and blanks when that leaves one."""
    if theirs.strip() in headers:
        return headers.index(theirs.strip())
    alike = [position for position, header in enumerate(headers) if _folded(header) == _folded(theirs)]
    return alike[0] if len(alike) == 1 else None


def _folded(header: str) -> str:
    return "".join(header.split()).casefold()


def _missing(connection: FileConnection, ours: str, theirs: str, headers: Sequence[str]) -> Problem:
    near = difflib.get_close_matches(_folded(theirs), [_folded(header) for header in headers], n=2, cutoff=0.5)
    alike = [printable(header) for header in headers if _folded(header) in near]
    return Problem.of(
        "file_column_missing",
        connection=connection.name,
        path=connection.path,
        column=printable(theirs),
        field=ours,
        nearest=f"the nearest is {' and '.join(alike)}" if alike else "none is near",
        headers=_listed(headers),
    )


def _listed(headers: Sequence[str], limit: int = 40) -> str:
    shown = ", ".join(printable(header) for header in headers[:limit])
    return f"{shown} and {len(headers) - limit} more" if len(headers) > limit else shown or "none"
