-- Grain: one IAM user and reason why rows of the current snapshot about it cannot all be true.
with login_profiles as (
    select
        *,
        directory_id || ':' || user_id as account_key
    from {{ source('aws_iam', 'login_profiles') }}
)

{{ contradicting(
    'login_profiles',
    ['account_key'],
    ['has_password', 'created_at', 'password_last_changed_at'],
    'its console password',
) }}
