-- Grain: one row of a directory that lists accounts as such (all but AWS IAM), repeated ones too.
with unioned as (
    select * from {{ ref('stg_file__accounts') }}
    union all
    select * from {{ ref('stg_aws_identity_center__accounts') }}
    union all
    select * from {{ ref('stg_ldap__accounts') }}
    union all
    select * from {{ ref('stg_scim__accounts') }}
)

select
    account_key,
    {{ account_columns() }}
from unioned
