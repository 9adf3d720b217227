-- Grain: one account in one group of any directory.
with unioned as (
    select
        account_key,
        group_key
    from {{ ref('stg_aws_iam__group_memberships') }}
    union all
    select
        account_key,
        group_key
    from {{ ref('stg_aws_identity_center__group_memberships') }}
    union all
    select
        account_key,
        group_key
    from {{ ref('stg_file__group_memberships') }}
    union all
    select
        account_key,
        group_key
    from {{ ref('stg_ldap__group_memberships') }}
    union all
    select
        account_key,
        group_key
    from {{ ref('stg_scim__group_memberships') }}
)

select distinct
    account_key,
    group_key
from unioned
