-- Grain: one account of any directory, and the identity it belongs to, if that is certain.
with assignments as (
    select * from {{ ref('int_identity_assignments') }}
),

pseudo_persons as (
    select * from {{ ref('int_pseudo_persons') }}
),

roster as (
    select * from {{ ref('int_roster_persons') }}
)

select
    assignments.account_key,
    assignments.directory_id,
    false as is_authoritative,
    coalesce(assignments.identity_id, pseudo_persons.identity_id) as identity_id,
    case
        when pseudo_persons.identity_id is not null then 'assigned'
        else assignments.status
    end as status,
    coalesce(pseudo_persons.confidence, assignments.confidence) as confidence,
    coalesce(pseudo_persons.rules, assignments.rules) as rules,
    assignments.candidates,
    assignments.candidate_count
from assignments
left join pseudo_persons on assignments.account_key = pseudo_persons.account_key
union all
select
    account_key,
    directory_id,
    true as is_authoritative,
    identity_id,
    'assigned' as status,
    1.0 as confidence,
    'roster' as rules,
    {{ as_text('null') }} as candidates,
    1 as candidate_count
from roster
