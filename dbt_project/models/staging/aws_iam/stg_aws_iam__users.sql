-- Grain: one IAM user, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'users') }}
),

{{ one_row_each(
    'source',
    ['directory_id', 'user_id'],
    ['user_name', 'arn', 'created_at', 'tags', 'password_last_used_at', 'mfa_enabled'],
) }}

select
    directory_id || ':' || user_id as account_key,
    directory_id,
    user_id,
    user_name as username,
    path,
    arn,
    created_at,
    password_last_used_at,
    permissions_boundary_arn,
    boundary_gap,
    tags,
    tags_gap,
    groups_gap,
    attached_policies_gap,
    inline_policies_gap,
    access_keys_gap,
    access_keys_evidence_as_of,
    mfa_enabled,
    mfa_gap,
    mfa_evidence_as_of,
    other_credential_count,
    other_credentials,
    other_credentials_gap,
    other_credentials_evidence_as_of
from source_once
