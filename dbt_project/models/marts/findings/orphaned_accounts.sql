-- Grain: one account nobody accountable and active answers for. Empty while
-- operations.verdict_gates is closed.
with ownership as (
    select * from {{ ref('int_ownership_judged') }}
    where verdict = 'orphaned'
),

gates as (
    select * from {{ ref('int_verdict_gates') }}
    where gate = 'orphaned_accounts' and is_open
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

activity as (
    select * from {{ ref('int_activity_verdicts') }}
)

select
    ownership.account_key,
    ownership.directory_id,
    accounts.username,
    accounts.display_name,
    ownership.account_kind,
    ownership.reason,
    activity.has_usable_credential,
    activity.last_active_at,
    ownership.owner_identity_id,
    ownership.candidates,
    ownership.evidence,
    ownership.as_of
from ownership
cross join gates
inner join accounts on ownership.account_key = accounts.account_key
inner join activity on ownership.account_key = activity.account_key
