-- Grain: one console password or access key, with whether it is stale; not known for what a
-- self-check takes out.
select
    credentials.credential_key,
    credentials.account_key,
    credentials.directory_id,
    credentials.credential_type,
    credentials.credential_id,
    credentials.status,
    credentials.is_usable,
    credentials.created_at,
    credentials.changed_at,
    credentials.last_used_at,
    credentials.last_used_state,
    credentials.last_used_in,
    coalesce(quarantined.reason, credentials.unknown_reason) as unknown_reason,
    case when quarantined.account_key is null then credentials.is_stale end as is_stale,
    credentials.idle_since,
    credentials.idle_days,
    credentials.evidence,
    credentials.evidence_source,
    credentials.evidence_as_of,
    credentials.as_of,
    credentials.stale_after_days
from {{ ref('int_credentials_judged') }} as credentials
left join {{ ref('int_accounts_quarantined') }} as quarantined
    on credentials.account_key = quarantined.account_key
