-- Grain: one IAM user: whether a console password exists, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'login_profiles') }}
),

{{ one_row_each(
    'source',
    ['directory_id', 'user_id'],
    ['has_password', 'created_at', 'password_last_changed_at', 'source'],
) }}

select
    directory_id || ':' || user_id as account_key,
    directory_id,
    user_id,
    has_password,
    created_at,
    created_gap,
    password_last_changed_at,
    last_used_state,
    last_used_at,
    last_used_gap,
    source,
    evidence_as_of,
    login_profile_gap
from source_once
