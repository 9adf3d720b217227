-- Grain: one row of a file that lists accounts or people, as of its directory's current snapshot.
with source as (
    select * from {{ source('file', 'accounts') }}
)

select
    directory_id || ':' || native_id as account_key,
    {{ account_columns() }}
from source
