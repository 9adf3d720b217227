-- Grain: one account of an LDAP directory, as of its directory's current snapshot.
with source as (
    select * from {{ source('ldap', 'accounts') }}
)

select
    directory_id || ':' || native_id as account_key,
    {{ account_columns() }}
from source
