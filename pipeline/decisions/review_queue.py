"""Lists the accounts whose person or owner only a human can decide, with their candidates."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.home import Home
from pipeline.warehouse.query import query

OPEN = """
    with rows_of as (
        select
            identity_id,
            coalesce(min(account_key) filter (where is_authoritative), min(account_key)) as account_key
        from identity.identity_accounts
        where identity_id is not null
        group by identity_id
    ),
    candidates as (
        select
            evidence.account_key,
            rows_of.account_key as person,
            any_value(evidence.candidate_name) as name,
            max(evidence.weight) as weight
        from identity.match_evidence as evidence
        inner join rows_of on evidence.candidate = rows_of.identity_id
        group by evidence.account_key, rows_of.account_key
    ),
    listed as (
        select account_key, string_agg(person || ' (' || name || ')', '; ' order by weight desc, person) as candidates
        from candidates
        group by account_key
    ),
    asked as (
        select
            identities.*,
            accounts.username,
            accounts.display_name,
            case
                when accounts.account_kind in ('service', 'shared') then 'unowned'
                else identities.status
            end as question
        from identity.identity_accounts as identities
        inner join inventory.accounts as accounts on identities.account_key = accounts.account_key
        where not identities.is_authoritative and accounts.account_kind <> 'break_glass'
    )
    select
        asked.question,
        asked.account_key,
        asked.username || ' @ ' || asked.directory_id || coalesce(' (' || asked.display_name || ')', '') as account,
        coalesce(listed.candidates, '') as candidates
    from asked
    left join listed on asked.account_key = listed.account_key
    where
        asked.question in ('ambiguous', 'unmatched')
        or (asked.question = 'unowned' and asked.owner_identity_id is null)
    order by list_position(['ambiguous', 'unmatched', 'unowned'], asked.question), asked.account_key
"""


@dataclass(frozen=True)
class ReviewQuestion:
    """`ambiguous`: which of the candidates? `unmatched`: who at all? `unowned`: who answers for this service?

    `candidates` are account_keys of persons, the likeliest first, with their names: what a decision may name.
    """

    question: str
    account_key: str
    account: str
    candidates: str


def open_questions(home: Home) -> list[ReviewQuestion]:
    """Every account outside the rosters of which it is not certain whose it is, or who answers for it."""
    return [ReviewQuestion(*row) for row in query(home, OPEN).rows]
