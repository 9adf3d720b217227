-- Grain: one IAM user and reason why rows of the current snapshot about it cannot all be true.
with users as (
    select
        *,
        directory_id || ':' || user_id as account_key
    from {{ source('aws_iam', 'users') }}
)

{{ contradicting(
    'users',
    ['account_key'],
    ['user_name', 'created_at', 'tags'],
    'the user',
) }}
