-- Grain: one name, folded, that a person may go by.
with names as (
    select
        accounts.person_key,
        names.given,
        names.family,
        min(case
            when not names.is_whole then 3
            when names.source_field in ('name', 'preferred_name', 'display_name') then 1
            else 2
        end) as name_level
    from {{ ref('int_persons_unrostered') }} as persons
    inner join {{ ref('int_person_accounts') }} as accounts
        on persons.person_key = accounts.person_key
    inner join {{ ref('int_account_names') }} as names on accounts.account_key = names.account_key
    where names.claim_role = 'own'
    group by accounts.person_key, names.given, names.family
)

{{ person_names('names') }}
union all
select
    person_key,
    given,
    family,
    name_key,
    name_level
from {{ ref('int_person_names_learned') }}
