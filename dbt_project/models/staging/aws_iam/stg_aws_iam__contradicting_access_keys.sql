-- Grain: one IAM user and reason why rows of the current snapshot about it cannot all be true.
with access_keys as (
    select
        *,
        directory_id || ':' || user_id as account_key
    from {{ source('aws_iam', 'access_keys') }}
)

{{ contradicting(
    'access_keys',
    ['account_key', 'access_key_id'],
    ['status', 'created_at', 'last_used_at', 'last_used_state'],
    'one of its access keys',
) }}
