-- Grain: one policy: managed and in use in an account, or inline of one user or group.
with policies as (
    select * from {{ ref('int_policies_judged') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
)

select
    policies.policy_key,
    policies.directory_id,
    policies.policy_name,
    policies.policy_arn,
    policies.policy_type,
    policies.principal_key,
    policies.is_aws_managed,
    policies.attachment_count,
    policies.is_admin,
    policies.admin_evidence,
    policies.document,
    policies.document_gap,
    directories.as_of
from policies
inner join directories on policies.directory_id = directories.directory_id
