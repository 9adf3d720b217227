-- Grain: one console password that exists, or one access key.
select
    credential_key,
    account_key,
    directory_id,
    credential_type,
    credential_id,
    status,
    is_usable,
    created_at,
    changed_at,
    last_used_at,
    last_used_state,
    last_used_in,
    unknown_reason,
    is_stale,
    idle_days,
    evidence,
    evidence_as_of,
    as_of
from {{ ref('int_credential_verdicts') }}
