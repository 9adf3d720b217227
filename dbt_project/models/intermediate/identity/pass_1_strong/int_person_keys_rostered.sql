-- Grain: one identifier by which the rosters know a person.
with rows_of_persons as (
    select
        links.node as account_key,
        persons.person_key
    from {{ ref('int_roster_components') }} as links
    inner join {{ ref('int_persons_rostered') }} as persons on links.component = persons.component
),

keys as (
    select
        rows_of_persons.person_key,
        keys.key_type,
        keys.key_value
    from {{ ref('int_account_keys') }} as keys
    inner join rows_of_persons on keys.account_key = rows_of_persons.account_key
    inner join {{ ref('int_account_profiles') }} as profiles
        on keys.account_key = profiles.account_key and profiles.is_authoritative
    where keys.claim_role = 'own'
),

-- A number somebody had before is a number of theirs, and so is it without its letters.
numbers as (
    select
        person_key,
        key_value
    from keys
    where key_type in ('employee_id', 'prior_employee_id')
)

select
    person_key,
    key_type,
    key_value
from keys
where key_type <> 'prior_employee_id'
union
select
    person_key,
    'employee_id' as key_type,
    key_value
from numbers
union
select
    person_key,
    'employee_digits' as key_type,
    ltrim({{ digits('key_value') }}, '0') as key_value
from numbers
where ltrim({{ digits('key_value') }}, '0') <> ''
