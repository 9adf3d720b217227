-- Grain: one root user, of each AWS account whose credential report was read. No finding is ever
-- about a root user.
select
    directory_id,
    aws_account_id,
    arn,
    created_at,
    mfa_enabled,
    cast(active_key_count as integer) as active_key_count,
    password_last_used_at,
    key_last_used_at,
    last_active_at,
    evidence_as_of,
    as_of
from {{ ref('int_root_users_dated') }}
