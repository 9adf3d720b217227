-- Grain: one person of the authoritative roster, however often hired.
with

roster as (
    select
        accounts.*,
        chains.component as chain,
        {{ normalise_employee_id('coalesce(accounts.employee_id, accounts.native_id)') }} as normal_employee_id
    from {{ ref('int_accounts_unioned') }} as accounts
    inner join {{ ref('int_roster_links') }} as chains on accounts.account_key = chains.node
    where accounts.is_authoritative
),

stints as (
    select
        *,
        row_number() over (partition by chain order by hired_on nulls first, account_key) as stint,
        row_number() over (partition by chain order by hired_on desc nulls last, account_key desc) as stint_from_last
    from roster
),

employment as (
    select
        chain,
        min(hired_on) as first_hired_on,
        case when count(*) = count(terminated_on) then max(terminated_on) end as last_terminated_on,
        count(*) as stint_count
    from roster
    group by chain
)

select
    'roster:' || first_stint.directory_id || ':' || first_stint.normal_employee_id as person_key,
    first_stint.chain,
    last_stint.account_key as roster_account_key,
    last_stint.directory_id,
    last_stint.employee_id,
    last_stint.given_name,
    last_stint.family_name,
    last_stint.preferred_name,
    last_stint.email,
    {{ words(fold('last_stint.department')) }} as department,
    case
        when {{ says_contractor('last_stint.worker_type') }} then 'contractor'
        when last_stint.worker_type <> '' then 'employee'
    end as worker_class,
    case
        when employment.last_terminated_on <= last_stint.as_of then 'terminated'
        when last_stint.terminated_on is null and {{ regexp_matches("lower(last_stint.status)", '^(terminated|t|left|former|inactive|ended|leaver)$') }}
            and last_stint.hired_on is null then 'terminated'
        else 'active'
    end as employment_status,
    employment.first_hired_on,
    employment.last_terminated_on
from employment
inner join stints as first_stint on employment.chain = first_stint.chain and first_stint.stint = 1
inner join stints as last_stint on employment.chain = last_stint.chain and last_stint.stint_from_last = 1
