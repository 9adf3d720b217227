-- Grain: one usable console password or access key that was last used (never used: created)
-- strictly more than stale_after_days before as_of.
with credentials as (
    select * from {{ ref('int_credential_verdicts') }}
    where is_stale
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where not is_authoritative
)

select
    credentials.credential_key,
    credentials.account_key,
    credentials.directory_id,
    accounts.username,
    credentials.credential_type,
    credentials.credential_id,
    credentials.created_at,
    credentials.last_used_state,
    credentials.last_used_at as last_active_at,
    credentials.idle_days,
    credentials.stale_after_days,
    credentials.evidence,
    credentials.evidence_as_of,
    credentials.as_of
from credentials
inner join accounts on credentials.account_key = accounts.account_key
