-- Grain: one directory in which a person has an ordinary account.
select distinct
    accounts.person_key,
    profiles.directory_id
from {{ ref('int_person_accounts') }} as accounts
inner join {{ ref('int_account_profiles') }} as profiles
    on accounts.account_key = profiles.account_key
where not profiles.is_admin_twin
