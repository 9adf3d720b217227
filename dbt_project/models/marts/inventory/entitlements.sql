-- Grain: one policy or right one account holds in one way: directly, or through one group.
with entitlements as (
    select * from {{ ref('int_entitlements_granted') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
)

select
    entitlements.entitlement_key,
    entitlements.account_key,
    entitlements.directory_id,
    entitlements.policy_key,
    entitlements.policy_name,
    entitlements.policy_arn,
    entitlements.policy_type,
    entitlements.granted_through,
    entitlements.group_key,
    entitlements.is_admin,
    entitlements.admin_evidence,
    entitlements.target,
    entitlements.target_name,
    directories.as_of
from entitlements
inner join directories on entitlements.directory_id = directories.directory_id
