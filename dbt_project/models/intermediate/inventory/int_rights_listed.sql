-- Grain: one right a directory that lists rights as such (all but AWS IAM) says an account holds.
with unioned as (
    select * from {{ ref('stg_aws_identity_center__entitlements') }}
    union all
    select * from {{ ref('stg_scim__entitlements') }}
)

select
    account_key,
    directory_id,
    entitlement_id,
    entitlement_name,
    entitlement_type,
    target,
    target_name,
    granted_through,
    group_key
from unioned
