"""The identity each account had when last published, for stable ids."""

from __future__ import annotations

import pyarrow as pa

from pipeline.home import Home
from pipeline.problems import CertifyError, Problem
from pipeline.warehouse.open import attach_warehouse, scratch
from pipeline.warehouse.query import is_published, query, query_arrow
from pipeline.warehouse.raw import META

SCHEMA = META["known_identities"]
HAS_MEMORY = "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = 'known_identities'"
HAS_IDENTITIES = "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = 'identity_accounts'"
MEMORY = "from identity.known_identities"
BUILT = f"{HAS_MEMORY} and database_name = 'built'"
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
    """One row an account, in the shape of `raw.known_identities`; none where no build has given any ids yet.

    Where the published file is missing or cannot be read, the ids of the last build in the warehouse count. Raises
    CertifyError when neither can be read: every identity would get a new id.
    """
    try:
        if memory := _published_memory(home):
            return query_arrow(home, memory).select(SCHEMA.names).cast(SCHEMA)
        built = _built(home)
        return SCHEMA.empty_table() if built is None else built
    except CertifyError as error:
        built = _built(home)
        if built is None:
            reason = error.problem.message
            problem = Problem.of("identity_ids_unreadable", file=home.published, warehouse=home.warehouse, why=reason)
            raise CertifyError(problem) from error
        return built


def _published_memory(home: Home) -> str | None:
    """The query for what the published file knows; None where it knows of no identities."""
    if not is_published(home):
        return None
    if query(home, HAS_MEMORY).rows:
        return MEMORY
    return BEFORE_MEMORY if query(home, HAS_IDENTITIES).rows else None


def _built(home: Home) -> pa.Table | None:
    """The same from the warehouse; None where it holds no build. Raises CertifyError when it cannot be opened."""
    if not home.warehouse.is_file():
        return None
    with scratch() as connection:
        attach_warehouse(connection, home, "built")
        if connection.execute(BUILT).fetchone() is None:
            return None
        found: pa.Table = connection.execute("from built.identity.known_identities").to_arrow_table()
    return found.select(SCHEMA.names).cast(SCHEMA)
