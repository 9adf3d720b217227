-- Grain: one account that was ever given to an identity, and the identity it was last given to:
-- what the next sync keeps the ids by.
select
    account_key,
    identity_id,
    identity_kind,
    anchor,
    founding_account_key,
    first_seen_at,
    last_seen_at
from {{ ref('int_identities_remembered') }}
