"""Prepares given name, family name and login of each account and person for comparison."""

from __future__ import annotations

import duckdb

from pipeline.home import Home
from pipeline.warehouse.open import attach_warehouse

ACCOUNTS, PERSONS, CERTAIN = "compared_accounts", "compared_persons", "certain_pairs"
"""Tables of the scratch database. Splink looks columns up by the name of a table alone, so no mart is called so."""

AFFIXES = ("adm", "admin", "priv", "privileged", "sa", "su", "ext", "extern", "contractor", "x")
"""Words around a login that say what it is for, not whose it is."""

_FUNCTIONS = f"""
    create temp macro words(written) as list_filter(
        string_split_regex(lower(strip_accents(written)), '[^a-z0-9]+'),
        lambda word: word <> '' and not list_contains({list(AFFIXES)}, word)
    );
    create temp macro local_part(written) as split_part(written, '@', 1);
    create temp macro name_of(shown, login, email) as case
        when len(words(shown)) > 1 then words(shown)
        when len(words(local_part(login))) > 1 then words(local_part(login))
        when len(words(local_part(email))) > 1 then words(local_part(email))
    end;
    create temp macro login_of(written) as nullif(array_to_string(words(local_part(written)), ''), '');
"""

_ACCOUNTS = """
    create table compared_accounts as
    with named as (
        select
            accounts.account_key,
            found.identity_id is null as is_open,
            name_of(accounts.display_name, accounts.username, accounts.email) as name,
            coalesce(login_of(accounts.username), login_of(accounts.email)) as login
        from marts.inventory.accounts as accounts
        inner join marts.identity.identity_accounts as found on accounts.account_key = found.account_key
        where not found.is_authoritative and accounts.account_kind in ('human', 'unknown')
    )

    select
        account_key as unique_id,
        is_open,
        name[1] as given_name,
        name[-1] as family_name,
        login,
        cast(null as varchar[]) as logins
    from named
"""
"""Accounts of people, and of nobody knows whom; `is_open` ones have no certain person."""

_PERSONS = """
    create table compared_persons as
    with named as (
        select identity_id, name_of(display_name, null, email) as name, login_of(email) as login
        from marts.identity.identities
        where identity_id not in (
            select found.identity_id
            from marts.identity.identity_accounts as found
            inner join marts.inventory.accounts as accounts on found.account_key = accounts.account_key
            where accounts.account_kind = 'service' and found.identity_id is not null
        )
    )

    select
        identity_id as unique_id,
        false as is_open,
        name[1] as given_name,
        name[-1] as family_name,
        login,
        [
            left(name[1], 1) || name[-1],
            name[1] || left(name[-1], 1),
            name[-1] || left(name[1], 1),
            name[1] || name[-1],
            name[-1] || name[1]
        ] as logins
    from named
"""
"""`logins` are those that companies make of such a name: alee, annl, leea, annlee, leeann."""

_CERTAIN = """
    create table certain_pairs as
    select
        'compared_accounts' as source_dataset_l,
        account_key as unique_id_l,
        'compared_persons' as source_dataset_r,
        identity_id as unique_id_r
    from marts.identity.identity_accounts
    where identity_id is not null and account_key in (select unique_id from compared_accounts)
    order by md5(account_key)
    limit 20000
"""
"""Pairs the rules are certain of: what the model learns from, and no more than it can use."""

_REFUSED = """
    create table refused as
    select distinct decisions.account_key, found.identity_id
    from marts.identity.decisions as decisions
    inner join marts.identity.identity_accounts as found on decisions.target = found.account_key
    where decisions.verb = 'unlink' and decisions.state = 'in_force' and found.identity_id is not null
"""
"""Pairs a person has said no to."""

_NAMES = "create table persons_named as select identity_id, display_name from marts.identity.identities"


def copy_records(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Fill the scratch database `connection` from the marts of `home`; nothing stays attached."""
    attach_warehouse(connection, home, "marts")
    for statement in (_FUNCTIONS, _ACCOUNTS, _PERSONS, _CERTAIN, _REFUSED, _NAMES, "detach marts"):
        connection.execute(statement)


def count(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    """How many accounts are open, persons there are, and pairs are certain."""
    query = """
        select
            (select count(*) from compared_accounts where is_open),
            (select count(*) from compared_persons),
            (select count(*) from certain_pairs)
    """
    ((open_accounts, persons, certain),) = connection.execute(query).fetchall()
    return open_accounts, persons, certain
