-- Grain: one IAM user in one IAM group, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'memberships') }}
)

select
    directory_id || ':' || user_id as account_key,
    directory_id || ':' || group_id as group_key,
    directory_id,
    user_id,
    group_id
from source
