-- Grain: one group of a directory.
select
    group_key,
    directory_id,
    group_id,
    group_name,
    path,
    arn,
    created_at,
    cast(member_count as integer) as member_count,
    members_gap,
    as_of
from {{ ref('int_groups_counted') }}
