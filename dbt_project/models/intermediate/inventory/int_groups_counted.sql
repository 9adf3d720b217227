-- Grain: one group of a directory, with its members counted (null: not known).
with listed_groups as (
    select * from {{ ref('stg_aws_identity_center__groups') }}
    union all
    select * from {{ ref('stg_file__groups') }}
    union all
    select * from {{ ref('stg_ldap__groups') }}
    union all
    select * from {{ ref('stg_scim__groups') }}
),

groups as (
    select
        group_key,
        directory_id,
        group_id,
        group_name,
        path,
        arn,
        created_at,
        members_gap
    from {{ ref('stg_aws_iam__groups') }}
    union all
    select
        group_key,
        directory_id,
        group_id,
        group_name,
        {{ as_text('null') }} as path,
        {{ as_text('null') }} as arn,
        cast(null as timestamp) as created_at,
        members_gap
    from listed_groups
),

memberships as (
    select * from {{ ref('int_memberships_unioned') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
),

members as (
    select
        group_key,
        count(distinct account_key) as member_count
    from memberships
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
