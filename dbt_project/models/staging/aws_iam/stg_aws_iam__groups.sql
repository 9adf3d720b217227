-- Grain: one IAM group, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'groups') }}
),

{{ one_row_each('source', ['directory_id', 'group_id'], ['group_name', 'arn', 'created_at']) }}

select
    directory_id || ':' || group_id as group_key,
    directory_id,
    group_id,
    group_name,
    path,
    arn,
    created_at,
    members_gap,
    attached_policies_gap,
    inline_policies_gap
from source_once
