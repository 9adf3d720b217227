-- Grain: one name, folded, that a person of the roster may go by, of the roster, of the accounts
-- strongly linked to the person, or read from an address.
with linked_names as (
    select
        links.person_key,
        names.given,
        names.family,
        case when names.is_whole then 2 else 3 end as name_level
    from {{ ref('int_links_learned') }} as links
    inner join {{ ref('int_account_profiles') }} as profiles
        on links.account_key = profiles.account_key
    inner join {{ ref('int_account_names') }} as names on links.account_key = names.account_key
    where profiles.lists_people and names.claim_role = 'own'
),

addresses as (
    select
        person_key,
        split_part(key_value, '@', 1) as local_part
    from {{ ref('int_person_identifiers_learned') }}
    where key_type = 'email'
),

address_names as (
    select
        person_key,
        regexp_extract(local_part, '^([a-z]+)[._-][a-z]+[0-9]*$', 1) as given,
        regexp_extract(local_part, '^[a-z]+[._-]([a-z]+)[0-9]*$', 1) as family
    from addresses
),

names as (
    select
        person_key,
        given,
        family,
        name_level
    from linked_names
    union all
    select
        person_key,
        given,
        family,
        2 as name_level
    from address_names
    where length(given) > 1 and length(family) > 1
    union all
    select
        person_key,
        given,
        family,
        name_level
    from {{ ref('int_person_names_rostered') }}
)

select
    person_key,
    given,
    family,
    {{ name_key('given', 'family') }} as name_key,
    min(name_level) as name_level
from names
group by person_key, given, family
