-- Grain: one account that was ever given to an identity, and the one it had when last published.
with source as (
    select * from {{ source('pipeline', 'known_identities') }}
)

select
    account_key,
    identity_id,
    identity_kind,
    anchor,
    founding_account_key,
    first_seen_at,
    last_seen_at
from source
