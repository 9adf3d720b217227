-- Grain: one directory in which a person of the roster has an ordinary account, by strong evidence.
select distinct
    links.person_key,
    profiles.directory_id
from {{ ref('int_links_learned') }} as links
inner join {{ ref('int_account_profiles') }} as profiles on links.account_key = profiles.account_key
where not profiles.is_admin_twin
