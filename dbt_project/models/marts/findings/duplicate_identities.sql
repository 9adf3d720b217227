-- Grain: one account of a person who holds two or more accounts outside the rosters.
with duplicates as (
    select * from {{ ref('int_duplicates_found') }}
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

identities as (
    select * from {{ ref('int_identities_unioned') }}
)

select
    duplicates.identity_id,
    duplicates.account_key,
    duplicates.directory_id,
    accounts.username,
    identities.display_name,
    duplicates.duplicate_kind,
    cast(duplicates.confidence as double) as confidence,
    duplicates.rules,
    duplicates.cluster_size,
    duplicates.evidence,
    duplicates.as_of
from duplicates
inner join accounts on duplicates.account_key = accounts.account_key
inner join identities on duplicates.identity_id = identities.identity_id
