-- Grain: one access key, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'access_keys') }}
),

{{ one_row_each(
    'source',
    ['directory_id', 'user_id', 'access_key_id'],
    ['status', 'created_at', 'last_used_at', 'last_used_state', 'source'],
) }}

select
    directory_id || ':' || user_id as account_key,
    directory_id,
    access_key_id,
    user_id,
    status,
    created_at,
    last_used_state,
    last_used_at,
    last_used_service,
    last_used_region,
    source,
    evidence_as_of,
    last_used_gap
from source_once
