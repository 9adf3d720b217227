-- Grain: one account of any directory that lists accounts as such (all but AWS IAM); a key that is
-- repeated counts once: one directory's bad rows must not multiply any account's findings. What its
-- rows say differently is in int_rows_contradicting.
with listed as (
    select * from {{ ref('int_listed_rows') }}
),

{{ one_row_each(
    'listed',
    ['account_key'],
    ['email', 'employee_id', 'username', 'terminated_on', 'status', 'display_name', 'source_row'],
) }}

select
    account_key,
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
from listed_once
