-- Grain: one person: of the authoritative directories, or known only by the keys their accounts
-- share.
with persons as (
    select * from {{ ref('int_persons') }}
),

pseudo_persons as (
    select
        pseudo.identity_id,
        pseudo.anchor,
        min(accounts.display_name) as display_name,
        min(accounts.employee_id) as employee_id,
        min(accounts.email) as email,
        max(accounts.as_of) as as_of
    from {{ ref('int_pseudo_persons') }} as pseudo
    inner join {{ ref('int_accounts_unioned') }} as accounts
        on pseudo.account_key = accounts.account_key
    group by pseudo.identity_id, pseudo.anchor
),

counts as (
    select
        identity_id,
        count(*) as account_count
    from {{ ref('int_identity_accounts') }}
    where not is_authoritative and identity_id is not null
    group by identity_id
),

unioned as (
    select
        identity_id,
        display_name,
        anchor,
        true as is_in_roster,
        employee_id,
        email,
        employment_status,
        terminated_on,
        as_of
    from persons
    union all
    select
        identity_id,
        display_name,
        anchor,
        false as is_in_roster,
        employee_id,
        email,
        'unknown' as employment_status,
        cast(null as timestamp) as terminated_on,
        as_of
    from pseudo_persons
)

select
    unioned.identity_id,
    unioned.display_name,
    unioned.anchor,
    unioned.is_in_roster,
    unioned.employee_id,
    unioned.email,
    unioned.employment_status,
    unioned.terminated_on,
    cast(coalesce(counts.account_count, 0) as integer) as account_count,
    unioned.as_of
from unioned
left join counts on unioned.identity_id = counts.identity_id
