-- Grain: one person of the rosters, however often hired. person_key: the first employee number
-- there was, so that it stays when somebody comes back with another.
with roster as (
    select
        roster_rows.*,
        links.component
    from {{ ref('int_roster_rows') }} as roster_rows
    inner join {{ ref('int_roster_components') }} as links on roster_rows.account_key = links.node
),

ranked as (
    select
        *,
        row_number() over (
            partition by component
            order by
                case when prior_employee_id is null then 0 else 1 end,
                hired_on nulls first,
                case when employee_id is null then 1 else 0 end,
                account_key
        ) as place_from_first,
        -- One that is in force decides; of several, the latest.
        row_number() over (
            partition by component
            order by
                case employment_status when 'active' then 0 when 'unknown' then 1 else 2 end,
                hired_on desc nulls last,
                account_key desc
        ) as preference
    from roster
),

employment as (
    select
        component,
        min(hired_on) as first_hired_on,
        case when count(*) = count(terminated_on) then max(terminated_on) end
            as last_terminated_on
    from roster
    group by component
)

select
    coalesce(
        'employee_id:' || coalesce(first_row.prior_employee_id, first_row.employee_id),
        'roster:' || first_row.account_key
    ) as person_key,
    deciding.component,
    deciding.account_key as roster_account_key,
    deciding.display_name,
    deciding.given_name,
    deciding.family_name,
    coalesce(deciding.shown_employee_id, deciding.employee_id) as employee_id,
    coalesce(deciding.shown_email, deciding.email) as email,
    {{ words(fold('deciding.department')) }} as department,
    case
        when {{ says_contractor('deciding.worker_type') }} then 'contractor'
        when deciding.worker_type <> '' then 'employee'
    end as worker_class,
    deciding.employment_status,
    deciding.employment_gap,
    deciding.employment_action,
    deciding.terminated_on,
    employment.first_hired_on,
    employment.last_terminated_on,
    deciding.as_of
from employment
inner join ranked as first_row
    on employment.component = first_row.component and first_row.place_from_first = 1
inner join ranked as deciding
    on employment.component = deciding.component and deciding.preference = 1
