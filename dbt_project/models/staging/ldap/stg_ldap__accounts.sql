-- Grain: one account of an LDAP directory, as of its directory's current snapshot.
with source as (
    select * from {{ source('ldap', 'accounts') }}
)

select
    directory_id || ':' || native_id as account_key,
    directory_id,
    native_id,
    username,
    display_name,
    given_name,
    middle_name,
    family_name,
    preferred_name,
    email,
    alias_emails,
    employee_id,
    prior_employee_id,
    worker_type,
    status,
    is_enabled,
    locked_at,
    hired_on,
    terminated_on,
    manager_id,
    department,
    title,
    account_kind,
    created_at,
    last_active_at,
    attributes,
    invalid_fields,
    known_fields,
    source_row
from source
