-- Grain: one right a directory that lists rights as such (all but AWS IAM) says an account holds.
select * from {{ ref('stg_aws_identity_center__entitlements') }}
union all
select * from {{ ref('stg_scim__entitlements') }}
