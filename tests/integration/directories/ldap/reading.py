"""Connections to a slapd, and reading them the way a sync does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from pipeline.connections.network import LdapConnection
from pipeline.directories.base import Snapshot
from pipeline.directories.ldap.reader import LDAP, Ldap
from pipeline.directories.ldap.session import LdapTimeouts
from tests.integration.directories.ldap.slapd import ADMIN, GROUPS, PASSWORD, PEOPLE, SUFFIX, Slapd, certificates

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
QUICK: Ldap = replace(LDAP, sleep=lambda _: None, patience=LdapTimeouts(connect_seconds=3, read_seconds=10, attempts=6))


def connect(server: Slapd, **keys: Any) -> LdapConnection:
    given = {
        "name": "corp",
        "url": server.ldaps,
        "base_dn": SUFFIX,
        "bind_dn": ADMIN,
        "bind_password": SecretStr(PASSWORD),
        "ca_file": certificates().authority,
    }
    return LdapConnection(**{**given, **keys})


def read(connection: LdapConnection, directory: Ldap = QUICK) -> Snapshot:
    return directory.read(connection, as_of=NOW, run_id="test-run")


def rows(snapshot: Snapshot, table: str = "accounts") -> list[dict[str, Any]]:
    assert snapshot.status == "complete", [str(problem) for problem in snapshot.problems]
    return list(snapshot.tables[table].to_pylist())


def by_name(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    return {row["username"]: row for row in rows(snapshot)}


def person(uid: str, *lines: str) -> str:
    """An inetOrgPerson as LDIF."""
    head = [f"dn: uid={uid},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {uid}", "sn: Person"]
    return "\n".join([*head, *lines, "", ""])


def group(cn: str, *members: str) -> str:
    """A groupOfNames as LDIF; members are DNs."""
    head = [f"dn: cn={cn},{GROUPS}", "objectClass: groupOfNames", f"cn: {cn}"]
    return "\n".join([*head, *(f"member: {member}" for member in members), "", ""])


def members(snapshot: Snapshot) -> set[tuple[str, str]]:
    """Pairs of user name and group name."""
    users = {row["native_id"]: row["username"] for row in rows(snapshot)}
    groups = {row["native_id"]: row["name"] for row in rows(snapshot, "groups")}
    return {(users[row["account_native_id"]], groups[row["group_native_id"]]) for row in rows(snapshot, "memberships")}
