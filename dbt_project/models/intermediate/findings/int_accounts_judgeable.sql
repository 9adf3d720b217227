-- Grain: one account of a current snapshot, and what about it could be judged now; the rest proves
-- nothing either way.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

activity as (
    select * from {{ ref('int_activity_verdicts') }}
),

identity_accounts as (
    select * from {{ ref('int_identity_verdicts') }}
),

ownership as (
    select * from {{ ref('int_ownership_judged') }}
),

rights as (
    select * from {{ ref('int_account_rights') }}
)

select
    accounts.account_key,
    accounts.directory_id,
    accounts.is_authoritative or activity.activity <> 'unknown' as is_activity_known,
    activity.is_password_known,
    activity.are_keys_known,
    rights.entitlements_gap is null as are_entitlements_known,
    accounts.is_authoritative or ownership.verdict <> 'unknown' as is_ownership_known,
    identity_accounts.unknown_reason is null
    and (
        accounts.identity_gap is null or identity_accounts.status in ('assigned', 'manual')
    ) as is_identity_known
from accounts
inner join activity on accounts.account_key = activity.account_key
inner join rights on accounts.account_key = rights.account_key
inner join identity_accounts on accounts.account_key = identity_accounts.account_key
left join ownership on accounts.account_key = ownership.account_key
