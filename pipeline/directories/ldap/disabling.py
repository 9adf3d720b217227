"""Whether an LDAP server can disable an account at all.

OpenLDAP disables an account with pwdAccountLockedTime, an operational attribute that its ppolicy overlay brings along.
A slapd whose schema lacks it was started without the overlay: it lets in every account that has a password, and that no
entry shows the attribute is knowledge. Where the schema has it, entries without it may only hide it. Other servers
disable accounts in ways of their own, so the absence of this attribute says nothing there.
"""

from __future__ import annotations

import re

import ldap3

from pipeline.directories.ldap.session import BrokeOffError, LdapSession
from pipeline.directories.ldap_schema.entry import Entry
from pipeline.directories.read_failure import DirectoryReadError

ROOT = "ldap:ReadSchema"
OPENLDAP = b"openldaprootdse"
LOCK = re.compile(rb"NAME\s*\(?[^)]*'pwdAccountLockedTime'", re.IGNORECASE)


def cannot_disable(session: LdapSession) -> bool:
    """Whether this is an OpenLDAP without the ppolicy overlay; False also where it does not say."""
    try:
        root = _entry(session, "", "(objectClass=*)", ["objectClass", "structuralObjectClass", "subschemaSubentry"])
        if root is None or OPENLDAP not in {value.lower() for value in root.values("structuralObjectClass")} | {
            value.lower() for value in root.values("objectClass")
        }:
            return False
        places = root.values("subschemaSubentry")
        schema = _entry(session, places[0].decode(), "(objectClass=subschema)", ["attributeTypes"]) if places else None
    except (DirectoryReadError, BrokeOffError, UnicodeDecodeError):
        session.close()
        return False
    types = schema.values("attributeTypes") if schema else []
    return bool(types) and not any(LOCK.search(each) for each in types)


def _entry(session: LdapSession, dn: str, wanted: str, attributes: list[str]) -> Entry | None:
    pages = session.pages(ROOT, dn, wanted, attributes, scope=ldap3.BASE, limit=1)
    return next((entry for page in pages for entry in page), None)
