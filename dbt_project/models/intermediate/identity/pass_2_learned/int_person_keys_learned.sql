-- Grain: one identifier of a person that the roster does not have and an account strongly linked to
-- the person does.
with links as (
    select *
    from {{ ref('int_links_strong') }}
),

shared as (
    select
        key_type,
        key_value
    from {{ ref('int_shared_identifiers') }}
),

learned as (
    select
        links.person_key,
        keys.key_type,
        keys.key_value,
        max(profiles.lists_people) as lists_people
    from links
    inner join {{ ref('int_account_keys') }} as keys on links.account_key = keys.account_key
    inner join {{ ref('int_account_profiles') }} as profiles
        on links.account_key = profiles.account_key
    left join shared on keys.key_type = shared.key_type and keys.key_value = shared.key_value
    where keys.claim_role = 'own'
        and keys.key_type in ('email', 'username')
        and shared.key_value is null
    group by links.person_key, keys.key_type, keys.key_value
),

rostered as (
    select distinct
        key_type,
        key_value
    from {{ ref('int_person_keys_rostered') }}
)

select
    learned.person_key,
    learned.key_type,
    learned.key_value,
    learned.lists_people
from learned
left join rostered
    on learned.key_type = rostered.key_type and learned.key_value = rostered.key_value
where rostered.key_value is null
