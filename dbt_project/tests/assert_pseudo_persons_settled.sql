-- Accounts outside the rosters that share a key have one identity: the rounds of int_pseudo_persons
-- were enough.
{{ config(severity='warn') }}

select
    keys.key_type,
    keys.key_value,
    count(distinct pseudo_persons.identity_id) as identity_count
from {{ ref('int_pseudo_persons') }} as pseudo_persons
inner join {{ ref('int_account_keys') }} as keys
    on pseudo_persons.account_key = keys.account_key
left join {{ ref('int_shared_identifiers') }} as shared
    on keys.key_type = shared.key_type and keys.key_value = shared.key_value
where
    keys.relation = 'self'
    and keys.key_type in ('email', 'employee_id')
    and shared.key_value is null
group by keys.key_type, keys.key_value
having count(distinct pseudo_persons.identity_id) > 1
