"""Fills `identity.match_suggestions` from the marts."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipeline.home import Home
from pipeline.suggestions import model, records
from pipeline.warehouse.open import scratch, warehouse
from pipeline.warehouse.sql import statement

LIKELY, AT_MOST = 0.9, 3
"""What is suggested: candidates at least so probable, the best three of an account."""
PAIRS_AT_MOST = 400_000_000
"""Open accounts times persons; above, comparing takes longer than a sync should."""

_FOUND = """
    select
        unique_id_l as account_key,
        unique_id_r as candidate_identity_id,
        unique_id_r as candidate,
        persons_named.display_name as candidate_name,
        round(match_weight, 3) as match_weight,
        round(match_probability, 6) as match_probability,
        concat_ws(
            '; ',
            case gamma_given_name
                when 2 then 'given name equal' when 1 then 'given name near' when 0 then 'given name different'
            end,
            case gamma_family_name
                when 2 then 'family name equal' when 1 then 'family name near' when 0 then 'family name different'
            end,
            case gamma_login
                when 3 then 'login equal' when 2 then 'login made of the name' when 1 then 'login near'
                when 0 then 'login different'
            end
        ) as agreement
    from {scored}
    inner join persons_named on unique_id_r = persons_named.identity_id
    where (unique_id_l, unique_id_r) not in (select (account_key, identity_id) from refused)
    qualify row_number() over (
        partition by unique_id_l order by round(match_weight, 3) desc, unique_id_r
    ) <= $most
"""
_INSERT = """
    insert into identity.match_suggestions by name
    select found.*, 'suggested' as status, accounts.as_of
    from found
    inner join identity.identity_accounts as accounts on found.account_key = accounts.account_key
"""


@dataclass(frozen=True)
class Suggested:
    """What came of it: `open_accounts` were looked at, `accounts` got `rows` suggestions.

    `skipped` says why nothing was compared, else it is empty.
    """

    open_accounts: int
    accounts: int = 0
    rows: int = 0
    learnt: bool = False
    skipped: str = ""


def suggest(home: Home) -> Suggested:
    """Replace the suggestions by those of the marts as they are now. Only for the one writer of the home.

    Raises NotScoredError, and leaves the table as it was, when the records cannot be compared.
    """
    with scratch() as connection:
        records.copy_records(connection, home)
        open_accounts, persons, certain = records.count(connection)
        skipped = _reason_to_skip(open_accounts, persons)
        found = None if skipped else _found(connection, persons, certain)
    with warehouse(home) as written:
        written.begin()
        written.execute("delete from identity.match_suggestions")
        if found is not None:
            written.register("found", found)
            written.execute(_INSERT)
        written.commit()
    if found is None:
        return Suggested(open_accounts, skipped=skipped)
    learnt = min(persons, certain) >= model.ENOUGH_TO_LEARN_FROM
    return Suggested(open_accounts, len(set(found["account_key"].to_pylist())), found.num_rows, learnt)


def _reason_to_skip(open_accounts: int, persons: int) -> str:
    if not open_accounts:
        return "every account has its person"
    if not persons:
        return "no person is known"
    if open_accounts * persons > PAIRS_AT_MOST:
        return f"{open_accounts:,} accounts and {persons:,} persons are too many to compare"
    return ""


def _found(connection: duckdb.DuckDBPyConnection, persons: int, certain: int) -> pa.Table:
    table = model.scored(connection, persons=persons, certain=certain, at_least=LIKELY)
    found: pa.Table = connection.sql(statement(_FOUND, scored=table), params={"most": AT_MOST}).to_arrow_table()
    return found
