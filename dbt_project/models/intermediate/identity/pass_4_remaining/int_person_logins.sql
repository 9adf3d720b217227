-- Grain: one user name of a person in one directory.
select
    accounts.person_key,
    profiles.uid,
    profiles.directory_id,
    profiles.lists_people
from {{ ref('int_person_accounts') }} as accounts
inner join {{ ref('int_account_profiles') }} as profiles
    on accounts.account_key = profiles.account_key
where profiles.uid <> ''
group by accounts.person_key, profiles.uid, profiles.directory_id, profiles.lists_people
union
-- The first part of an address is a user name too.
select
    person_key,
    local_part as uid,
    'email' as directory_id,
    true as lists_people
from {{ ref('int_person_local_parts') }}
