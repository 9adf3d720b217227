-- One identity is one employee: several employee numbers only where the roster itself says that one
-- followed the other (prior_employee_id). What the rules make otherwise is quarantined before.
{{ config(severity='warn') }}

with roster as (
    select
        identity_accounts.identity_id,
        roster_rows.employee_id,
        roster_rows.prior_employee_id
    from {{ ref('int_identity_verdicts') }} as identity_accounts
    inner join {{ ref('int_roster_rows') }} as roster_rows
        on identity_accounts.account_key = roster_rows.account_key
    where identity_accounts.identity_id is not null and roster_rows.employee_id is not null
),

first_numbers as (
    select
        roster.identity_id,
        coalesce(roster.prior_employee_id, roster.employee_id) as first_employee_id
    from roster
    left join roster as earlier
        on
            roster.identity_id = earlier.identity_id
            and roster.prior_employee_id = earlier.employee_id
    where earlier.employee_id is null
)

select
    identity_id,
    count(distinct first_employee_id) as person_count
from first_numbers
group by identity_id
having count(distinct first_employee_id) > 1
