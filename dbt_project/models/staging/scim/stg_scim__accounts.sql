-- Grain: one user of a SCIM service, as of its directory's current snapshot.
with source as (
    select * from {{ source('scim', 'accounts') }}
)

select
    directory_id || ':' || native_id as account_key,
    {{ account_columns() }}
from source
