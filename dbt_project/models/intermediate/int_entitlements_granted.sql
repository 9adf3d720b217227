-- Grain: one policy one account holds in one way: attached to it or inline, directly or through one
-- group.
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
)

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
    policies.admin_evidence
from granted
inner join policies on granted.policy_key = policies.policy_key
