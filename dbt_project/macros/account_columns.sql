{#
    The columns of an account as every directory but AWS IAM lists it, in the order in which the kinds are unioned.
#}
{% macro account_columns() -%}
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
{%- endmacro %}
