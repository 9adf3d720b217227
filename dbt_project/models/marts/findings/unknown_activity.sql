-- Grain: one account whose use cannot be judged, and the permission or fact that would settle it.
select
    account_key,
    directory_id,
    username,
    reason,
    missing_permission,
    remedy,
    has_usable_credential,
    last_active_at,
    evidence,
    as_of
from {{ ref('int_unknown_activity') }}
