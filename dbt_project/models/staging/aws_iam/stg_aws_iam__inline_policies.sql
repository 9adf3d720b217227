-- Grain: one inline policy of one user or group, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'inline_policies') }}
),

{{ one_row_each(
    'source',
    ['directory_id', 'principal_id', 'policy_name'],
    ['document', 'principal_type'],
) }}

select
    directory_id || ':' || principal_id as principal_key,
    directory_id,
    principal_type,
    principal_id,
    policy_name,
    document,
    document_gap
from source_once
