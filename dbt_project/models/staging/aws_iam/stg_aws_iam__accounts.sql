-- Grain: one AWS account, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_iam', 'account') }}
)

select
    directory_id,
    account_id,
    partition,
    alias,
    alias_gap,
    summary,
    summary_gap
from source
