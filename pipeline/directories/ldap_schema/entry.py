"""One entry of an LDAP directory, and its identifier."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.directories.ldap_schema import values
from pipeline.directories.ldap_schema.presets import SchemaPreset
from pipeline.directories.rows import ConflictingRowsError, told


@dataclass(frozen=True)
class Entry:
    """An entry: its name, and its attributes as they came, by their names in lower case."""

    dn: str
    attributes: dict[str, list[bytes]]

    def values(self, name: str) -> list[bytes]:
        """All values of an attribute, in an order of their own: LDAP has none."""
        return sorted(self.attributes.get(name.lower(), ()))


def native_id(entry: Entry, preset: SchemaPreset) -> str:
    """What tells this entry from all others."""
    for name in preset.attributes["native_id"]:
        found = entry.values(name)
        if len(found) == 1 and found[0]:
            return told(values.identity(name, found[0])) or ""
    names = " or ".join(preset.attributes["native_id"])
    raise ConflictingRowsError(f"{entry.dn[:200]!r} has not exactly one {names}")
