"""The sample company: 180 people in three AWS accounts, Identity Center, LDAP and a roster, with findings and traps.

`populate` puts it into an emulated AWS; `Company.truth()` says what must be found.
"""

from __future__ import annotations

from pipeline.demo.company.company import LDIF_FILE, ROSTER_FILE, SEED, Company, connections, populate
from pipeline.demo.company.ldif import READER
from pipeline.demo.company.ldif import SUFFIX as LDAP_SUFFIX
from pipeline.demo.company.people import COMPANY, Person
from pipeline.demo.company.truth import ExpectedAccount, Truth

__all__ = [
    "COMPANY",
    "LDAP_SUFFIX",
    "LDIF_FILE",
    "READER",
    "ROSTER_FILE",
    "SEED",
    "Company",
    "ExpectedAccount",
    "Person",
    "Truth",
    "connections",
    "populate",
]
