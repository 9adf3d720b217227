-- Grain: one row of a roster, employee number, or account that a person has linked, and the
-- component of what is one person for certain: rows with one employee number, a number and the one
-- before it, a row without number that another roster knows by its address, and decided links.
{{ config(materialized='connected_components') }}
with roster as (
    select * from {{ ref('int_roster_rows') }}
),

accounts as (
    select account_key from {{ ref('int_accounts_unioned') }}
),

decisions as (
    select * from {{ ref('int_decisions_in_force') }}
    where verb = 'link'
),

numbers_by_email as (
    select
        email,
        min(employee_id) as employee_id,
        min(directory_id) as directory_id
    from roster
    where email is not null and employee_id is not null
    group by email
    having min(employee_id) = max(employee_id)
)

select
    account_key as node,
    coalesce('employee_id:' || employee_id, account_key) as neighbour
from roster
union all
select
    account_key as node,
    'employee_id:' || prior_employee_id as neighbour
from roster
where prior_employee_id is not null
union all
select
    roster.account_key as node,
    'employee_id:' || numbers_by_email.employee_id as neighbour
from roster
inner join numbers_by_email on roster.email = numbers_by_email.email
where roster.employee_id is null and roster.directory_id <> numbers_by_email.directory_id
union all
select
    decisions.account_key as node,
    decisions.target as neighbour
from decisions
inner join accounts on decisions.account_key = accounts.account_key
inner join accounts as targets on decisions.target = targets.account_key
