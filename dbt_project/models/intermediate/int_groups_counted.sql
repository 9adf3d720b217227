-- Grain: one group of a directory, with its members counted (null: not known).
with groups as (
    select * from {{ ref('stg_aws_iam__groups') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
),

members as (
    select
        group_key,
        count(distinct account_key) as member_count
    from {{ ref('stg_aws_iam__group_memberships') }}
    group by group_key
)

select
    groups.group_key,
    groups.directory_id,
    groups.group_id,
    groups.group_name,
    groups.path,
    groups.arn,
    groups.created_at,
    case when groups.members_gap is null then coalesce(members.member_count, 0) end as member_count,
    groups.members_gap,
    directories.as_of
from groups
inner join directories on groups.directory_id = directories.directory_id
left join members on groups.group_key = members.group_key
