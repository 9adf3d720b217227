-- Grain: one account.
select
    assignments.account_key,
    case when kinds.account_kind in ('human', 'unknown') then md5(assignments.person_key) end as identity_id,
    case when kinds.account_kind in ('human', 'unknown') then assignments.status else 'unmatched' end as status,
    assignments.confidence,
    assignments.person_key
from {{ ref('int_identity_assignments') }} as assignments
inner join {{ ref('int_account_kinds') }} as kinds on assignments.account_key = kinds.account_key
