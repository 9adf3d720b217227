-- Grain: one account of a connected directory; of a roster, one person. Root users are in
-- root_users.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

kinds as (
    select * from {{ ref('int_account_kinds') }}
),

activity as (
    select * from {{ ref('int_activity_verdicts') }}
),

rights as (
    select * from {{ ref('int_account_rights') }}
)

select
    accounts.account_key,
    accounts.directory_id,
    accounts.native_id,
    accounts.username,
    accounts.arn,
    accounts.display_name,
    accounts.email,
    accounts.employee_id,
    kinds.account_kind,
    kinds.kind_rule,
    accounts.is_authoritative,
    accounts.is_enabled,
    activity.has_console_password,
    activity.active_key_count,
    accounts.other_credential_count,
    accounts.other_credentials,
    accounts.mfa_enabled,
    accounts.mfa_evidence_as_of,
    rights.is_admin,
    rights.entitlement_count,
    rights.entitlements_gap,
    accounts.permissions_boundary_arn,
    accounts.created_at,
    activity.last_active_at,
    activity.activity,
    activity.has_usable_credential,
    activity.never_used,
    activity.activity_unknown_reason,
    activity.evidence_as_of,
    accounts.path,
    accounts.tags,
    accounts.as_of
from accounts
inner join kinds on accounts.account_key = kinds.account_key
inner join activity on accounts.account_key = activity.account_key
inner join rights on accounts.account_key = rights.account_key
