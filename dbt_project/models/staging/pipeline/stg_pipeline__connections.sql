-- Grain: one connected directory.
with source as (
    select * from {{ source('pipeline', 'connections') }}
)

select
    directory_id,
    kind,
    display_name,
    aws_account_id,
    is_authoritative,
    lists_only_active,
    access_mode
from source
