-- Grain: one account in one group of a directory's export, directly or through groups inside it.
with source as (
    select * from {{ source('file', 'memberships') }}
)

select
    directory_id || ':' || account_native_id as account_key,
    directory_id || ':' || group_native_id as group_key,
    directory_id,
    account_native_id,
    group_native_id as group_id
from source
