-- Grain: one user name of a person in one directory of the roster, from accounts strongly linked to
-- the person.
select
    links.person_key,
    profiles.uid,
    profiles.directory_id,
    profiles.lists_people
from {{ ref('int_links_learned') }} as links
inner join {{ ref('int_account_profiles') }} as profiles on links.account_key = profiles.account_key
where profiles.uid <> ''
group by links.person_key, profiles.uid, profiles.directory_id, profiles.lists_people
union
-- The first part of an address is a user name too.
select
    person_key,
    local_part as uid,
    'email' as directory_id,
    true as lists_people
from {{ ref('int_person_local_parts_learned') }}
