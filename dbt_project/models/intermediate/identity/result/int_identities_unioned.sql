-- Grain: one person: of the rosters, or known only by what their accounts say and have in common.
with identity_accounts as (
    select * from {{ ref('int_identity_verdicts') }}
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

persons as (
    select * from {{ ref('int_persons') }}
),

counts as (
    select
        person_key,
        count(*) as account_count
    from identity_accounts
    where not is_authoritative and person_key is not null
    group by person_key
),

-- Of people outside the rosters, those who hold accounts for certain, or may hold or own some.
candidates as (
    select person_key from {{ ref('int_identity_evidence') }}
    union
    select person_key from {{ ref('int_owner_claims') }}
    where person_key is not null
    union
    select person_key from counts
),

told as (
    select
        identity_accounts.person_key,
        min(case when accounts.display_name <> accounts.username then accounts.display_name end)
            as full_name,
        min(accounts.display_name) as display_name,
        min(accounts.employee_id) as employee_id,
        min(accounts.email) as email,
        max(accounts.as_of) as as_of
    from identity_accounts
    inner join accounts on identity_accounts.account_key = accounts.account_key
    where not identity_accounts.is_authoritative and identity_accounts.person_key is not null
    group by identity_accounts.person_key
),

unioned as (
    select
        person_key,
        display_name,
        is_rostered,
        employee_id,
        email,
        employment_status,
        terminated_on,
        as_of
    from persons
    where is_rostered
    union all
    select
        candidates.person_key,
        coalesce(told.full_name, persons.display_name, told.display_name) as display_name,
        false as is_rostered,
        told.employee_id,
        coalesce(persons.email, told.email) as email,
        'unknown' as employment_status,
        cast(null as timestamp) as terminated_on,
        told.as_of
    from candidates
    left join persons on candidates.person_key = persons.person_key
    left join told on candidates.person_key = told.person_key
    where not coalesce(persons.is_rostered, false)
)

select
    unioned.person_key,
    ids.identity_id,
    unioned.display_name,
    unioned.person_key as anchor,
    unioned.is_rostered as is_in_roster,
    unioned.employee_id,
    unioned.email,
    unioned.employment_status,
    unioned.terminated_on,
    manager_ids.identity_id as manager_identity_id,
    cast(coalesce(counts.account_count, 0) as integer) as account_count,
    coalesce(unioned.as_of, evaluation.evaluated_at) as as_of
from unioned
cross join {{ ref('int_evaluation') }} as evaluation
inner join {{ ref('int_identity_ids') }} as ids
    on 'person:' || unioned.person_key = ids.identity_key
left join counts on unioned.person_key = counts.person_key
left join {{ ref('int_person_managers') }} as managers on unioned.person_key = managers.person_key
left join {{ ref('int_identity_ids') }} as manager_ids
    on 'person:' || managers.manager_person_key = manager_ids.identity_key
