-- Grain: one person of the authoritative directories, with the forms a user name of theirs may
-- take.
with roster as (
    select * from {{ ref('int_roster_persons') }}
),

-- Somebody who left and came back has a row of each; one that is in force decides.
ranked as (
    select
        *,
        row_number() over (
            partition by identity_id
            order by
                case employment_status when 'active' then 0 when 'unknown' then 1 else 2 end,
                account_key
        ) as preference
    from roster
)

select
    identity_id,
    anchor,
    account_key as roster_account_key,
    display_name,
    employee_id,
    email,
    employment_status,
    terminated_on,
    as_of,
    display_name || ' (' || coalesce(email, employee_id, anchor) || ', ' || employment_status || ')'
        as label,
    {{ folded("split_part(email, '@', 1)") }} as folded_email,
    {{ folded('username') }} as folded_username,
    {{ folded('given_name || family_name') }} as first_last,
    {{ folded('family_name || given_name') }} as last_first,
    {{ folded('substr(given_name, 1, 1) || family_name') }} as initial_last,
    {{ folded('given_name || substr(family_name, 1, 1)') }} as first_initial
from ranked
where preference = 1
