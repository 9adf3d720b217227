-- Grain: one e-mail address or employee number of a person.
select
    person_key,
    key_type,
    key_value
from {{ ref('int_person_identifiers_learned') }}
union
select
    accounts.person_key,
    keys.key_type,
    keys.key_value
from {{ ref('int_person_accounts') }} as accounts
inner join {{ ref('int_account_keys') }} as keys on accounts.account_key = keys.account_key
inner join {{ ref('int_persons') }} as persons on accounts.person_key = persons.person_key
left join {{ ref('int_shared_identifiers') }} as shared
    on keys.key_type = shared.key_type and keys.key_value = shared.key_value
where keys.claim_role = 'own'
    and (keys.key_type = 'email' or (keys.key_type = 'employee_id' and not persons.is_rostered))
    and shared.key_value is null
