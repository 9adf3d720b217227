-- Grain: one row of a directory that lists accounts as such (all but AWS IAM), repeated ones too.
with unioned as (
    select * from {{ ref('stg_file__accounts') }}
    union all
    select * from {{ ref('stg_aws_identity_center__accounts') }}
    union all
    select * from {{ ref('stg_ldap__accounts') }}
    union all
    select * from {{ ref('stg_scim__accounts') }}
)

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
from unioned
