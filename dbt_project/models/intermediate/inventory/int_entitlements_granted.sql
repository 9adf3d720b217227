-- Grain: one policy or right one account holds in one way: directly or through one group; of a
-- right, for one target.
with users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

groups as (
    select * from {{ ref('stg_aws_iam__groups') }}
),

memberships as (
    select distinct
        account_key,
        group_key
    from {{ ref('stg_aws_iam__group_memberships') }}
),

policies as (
    select * from {{ ref('int_policies_judged') }}
),

held as (
    select
        principal_key,
        principal_type,
        directory_id || ':' || policy_arn as policy_key
    from {{ ref('stg_aws_iam__attached_policies') }}
    union all
    select
        principal_key,
        principal_type,
        principal_key || ':' || policy_name as policy_key
    from {{ ref('stg_aws_iam__inline_policies') }}
),

granted as (
    select
        users.account_key,
        held.policy_key,
        'direct' as granted_through,
        {{ as_text('null') }} as group_key
    from held
    inner join users on held.principal_key = users.account_key
    where held.principal_type = 'user'
    union all
    select
        memberships.account_key,
        held.policy_key,
        groups.group_name as granted_through,
        groups.group_key
    from held
    inner join groups on held.principal_key = groups.group_key
    inner join memberships on groups.group_key = memberships.group_key
    inner join users on memberships.account_key = users.account_key
    where held.principal_type = 'group'
),

policies_held as (
    select distinct
        md5(concat_ws(
            '|', granted.account_key, granted.policy_key, coalesce(granted.group_key, 'direct')
        )) as entitlement_key,
        granted.account_key,
        policies.directory_id,
        granted.policy_key,
        policies.policy_name,
        policies.policy_arn,
        policies.policy_type,
        granted.granted_through,
        granted.group_key,
        policies.is_admin,
        policies.admin_evidence,
        {{ as_text('null') }} as target,
        {{ as_text('null') }} as target_name
    from granted
    inner join policies on granted.policy_key = policies.policy_key
),

rights as (
    select * from {{ ref('int_rights_listed') }}
),

-- A right that is listed under two names is one right.
rights_held as (
    select
        md5(concat_ws(
            '|',
            account_key,
            entitlement_type,
            entitlement_id,
            coalesce(target, ''),
            coalesce(group_key, 'direct')
        )) as entitlement_key,
        account_key,
        directory_id,
        directory_id || ':' || entitlement_id as policy_key,
        {{ list_text('entitlement_name', ' / ') }} as policy_name,
        case when entitlement_type = 'permission_set' then entitlement_id end as policy_arn,
        entitlement_type as policy_type,
        min(granted_through) as granted_through,
        group_key,
        cast(null as boolean) as is_admin,
        'not known: what it allows is not collected' as admin_evidence,
        target,
        {{ list_text('target_name', ' / ') }} as target_name
    from rights
    group by account_key, directory_id, entitlement_type, entitlement_id, target, group_key
)

select * from policies_held
union all
select * from rights_held
