"""The identity each account had when last published, for stable ids."""

from __future__ import annotations

import contextlib

import pyarrow as pa

from pipeline.home import Home
from pipeline.problems import CertifyError
from pipeline.warehouse.query import is_published, query, query_arrow
from pipeline.warehouse.raw import META

SCHEMA = META["known_identities"]
HAS_MEMORY = "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = 'known_identities'"
MEMORY = "from identity.known_identities"
BEFORE_MEMORY = """
    select
        accounts.account_key,
        identities.identity_id,
        case when identities.anchor like 'service:%' then 'service' else 'person' end as identity_kind,
        identities.anchor,
        first_value(accounts.account_key) over (
            partition by identities.identity_id
            order by case when accounts.is_authoritative then 0 else 1 end, accounts.account_key
        ) as founding_account_key,
        identities.as_of as first_seen_at,
        identities.as_of as last_seen_at
    from identity.identity_accounts as accounts
    inner join identity.identities as identities on accounts.identity_id = identities.identity_id
"""
"""The same of a file that an older version published: it has no such table."""


def known_identities(home: Home) -> pa.Table:
    """One row an account, in the shape of `raw.known_identities`; none where nothing was published that can be read.

    What cannot be read is a problem of whoever publishes it: the ids are made anew then.
    """
    if is_published(home):
        with contextlib.suppress(CertifyError):
            memory = MEMORY if query(home, HAS_MEMORY).rows else BEFORE_MEMORY
            return query_arrow(home, memory).select(SCHEMA.names).cast(SCHEMA)
    return SCHEMA.empty_table()
