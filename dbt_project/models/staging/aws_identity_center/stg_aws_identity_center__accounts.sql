-- Grain: one user of an IAM Identity Center, as of its directory's current snapshot.
with source as (
    select * from {{ source('aws_identity_center', 'accounts') }}
)

select
    directory_id || ':' || native_id as account_key,
    {{ account_columns() }}
from source
