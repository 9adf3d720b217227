-- Grain: one account that has usable credentials, every one of them stale and none unknown.
with activity as (
    select * from {{ ref('int_activity_verdicts') }}
    where activity = 'stale'
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where not is_authoritative
),

kinds as (
    select * from {{ ref('int_account_kinds') }}
)

select
    accounts.account_key,
    accounts.directory_id,
    accounts.username,
    accounts.display_name,
    kinds.account_kind,
    activity.last_active_at,
    activity.never_used,
    activity.idle_days,
    activity.stale_after_days,
    activity.evidence,
    activity.evidence_as_of,
    accounts.as_of
from activity
inner join accounts on activity.account_key = accounts.account_key
inner join kinds on activity.account_key = kinds.account_key
