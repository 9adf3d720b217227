-- Grain: one root user, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'root_user') }}
)

select
    directory_id,
    arn,
    created_at,
    password_last_used_at,
    mfa_enabled,
    active_key_count,
    key_last_used_at,
    evidence_as_of
from source
