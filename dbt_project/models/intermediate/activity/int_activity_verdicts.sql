-- Grain: one account; whether anybody uses it: active, stale, no_credentials, or unknown with the
-- reason. Unknown for what a self-check takes out.
select
    activity.account_key,
    activity.directory_id,
    activity.as_of,
    activity.stale_after_days,
    activity.has_console_password,
    activity.key_count,
    activity.active_key_count,
    activity.is_password_known,
    activity.are_keys_known,
    activity.has_usable_credential,
    activity.never_used,
    activity.last_active_at,
    activity.idle_since,
    activity.idle_days,
    case when quarantined.account_key is null then activity.activity else 'unknown' end as activity,
    coalesce(quarantined.reason, activity.activity_unknown_reason) as activity_unknown_reason,
    quarantined.remedy as self_check_remedy,
    activity.evidence,
    activity.evidence_as_of
from {{ ref('int_account_activity') }} as activity
left join {{ ref('int_accounts_quarantined') }} as quarantined
    on activity.account_key = quarantined.account_key
