-- Grain: one root user, of each AWS account whose credential report was read.
with root_users as (
    select * from {{ ref('stg_aws_iam__root_users') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
)

select
    root_users.directory_id,
    directories.aws_account_id,
    root_users.arn,
    root_users.created_at,
    root_users.mfa_enabled,
    root_users.active_key_count,
    root_users.password_last_used_at,
    root_users.key_last_used_at,
    greatest(root_users.password_last_used_at, root_users.key_last_used_at) as last_active_at,
    root_users.evidence_as_of,
    directories.as_of
from root_users
inner join directories on root_users.directory_id = directories.directory_id
