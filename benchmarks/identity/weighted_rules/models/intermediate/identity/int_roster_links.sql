-- Grain: one pair of roster rows that are one person because the later names the earlier as its prior employee number.
{{ config(materialized='connected_components') }}
with

roster as (
    select
        account_key,
        directory_id,
        {{ normalise_employee_id('coalesce(employee_id, native_id)') }} as employee_id,
        {{ normalise_employee_id('prior_employee_id') }} as prior_employee_id
    from {{ ref('int_accounts_unioned') }}
    where is_authoritative
),

prior_rows as (
    select directory_id, employee_id, min(account_key) as account_key
    from roster
    group by directory_id, employee_id
),

-- a number that many rows name as their prior one is a placeholder
placeholders as (
    select directory_id, prior_employee_id
    from roster
    where prior_employee_id is not null
    group by directory_id, prior_employee_id
    having count(*) > {{ threshold('shared_accounts') }}
)

select
    roster.account_key as node,
    case
        when placeholders.prior_employee_id is null then coalesce(prior_rows.account_key, roster.account_key)
        else roster.account_key
    end as neighbour
from roster
left join prior_rows
    on roster.directory_id = prior_rows.directory_id
    and roster.prior_employee_id = prior_rows.employee_id
left join placeholders
    on roster.directory_id = placeholders.directory_id
    and roster.prior_employee_id = placeholders.prior_employee_id
