-- Grain: one managed policy in use, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'managed_policies') }}
),

{{ one_row_each(
    'source',
    ['directory_id', 'policy_arn'],
    ['document', 'policy_name', 'default_version_id'],
) }}

select
    directory_id,
    policy_arn,
    policy_name,
    policy_id,
    is_aws_managed,
    default_version_id,
    attachment_count,
    document,
    document_gap
from source_once
