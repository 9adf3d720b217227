-- Grain: one group of a directory's export, as of its directory's current snapshot.
with source as (
    select * from {{ source('file', 'groups') }}
)

select
    directory_id || ':' || native_id as group_key,
    directory_id,
    native_id as group_id,
    coalesce(name, native_id) as group_name,
    description,
    members_gap
from source
