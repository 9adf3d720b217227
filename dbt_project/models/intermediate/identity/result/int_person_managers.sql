-- Grain: one person of the rosters whose manager the rosters name for certain: exactly one other
-- person has the address, employee number or user name that stands there.
with persons as (
    select * from {{ ref('int_persons_rostered') }}
),

keys as (
    select * from {{ ref('int_account_keys') }}
    where claim_role = 'owner' and source_field = 'manager_id'
),

person_keys as (
    select * from {{ ref('int_person_keys_rostered') }}
),

named as (
    select distinct
        persons.person_key,
        person_keys.person_key as manager_person_key
    from persons
    inner join keys on persons.roster_account_key = keys.account_key
    inner join person_keys
        on keys.key_type = person_keys.key_type and keys.key_value = person_keys.key_value
)

select
    person_key,
    min(manager_person_key) as manager_person_key
from named
group by person_key
having count(*) = 1 and min(manager_person_key) <> person_key
