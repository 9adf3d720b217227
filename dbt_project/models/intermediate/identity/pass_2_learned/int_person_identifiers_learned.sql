-- Grain: one e-mail address or employee number of a person of the roster, written there or learned.
select
    person_key,
    key_type,
    key_value
from {{ ref('int_person_keys_rostered') }}
where key_type in ('email', 'employee_id')
union
select
    links.person_key,
    keys.key_type,
    keys.key_value
from {{ ref('int_links_learned') }} as links
inner join {{ ref('int_account_keys') }} as keys on links.account_key = keys.account_key
left join {{ ref('int_shared_identifiers') }} as shared
    on keys.key_type = shared.key_type and keys.key_value = shared.key_value
where keys.claim_role = 'own'
    and keys.key_type = 'email'
    and shared.key_value is null
