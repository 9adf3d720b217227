-- Grain: one group of an IAM Identity Center, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_identity_center', 'groups') }}
),

{{ one_row_each('source', ['directory_id', 'native_id'], ['name', 'description']) }}

select
    directory_id || ':' || native_id as group_key,
    directory_id,
    native_id as group_id,
    coalesce(name, native_id) as group_name,
    description,
    members_gap
from source_once
