-- Grain: one account, and the person or service the rules give it to, by a key of this build alone.
select
    assignments.account_key,
    'person' as identity_kind,
    'person:' || assignments.person_key as identity_key
from {{ ref('int_identity_assignments') }} as assignments
inner join {{ ref('int_account_kinds') }} as kinds
    on assignments.account_key = kinds.account_key
where assignments.person_key is not null and kinds.may_be_a_person
union all
select
    account_key,
    'service' as identity_kind,
    service_key as identity_key
from {{ ref('int_service_accounts') }}
