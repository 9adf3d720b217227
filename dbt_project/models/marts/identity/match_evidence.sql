-- Grain: one reason (rule and value) why one account may be one person's, or in their care.
with evidence as (
    select * from {{ ref('int_match_evidence') }}
),

persons as (
    select * from {{ ref('int_persons') }}
)

select
    evidence.account_key,
    evidence.identity_id as candidate,
    persons.display_name as candidate_name,
    evidence.relation,
    evidence.rule,
    cast(evidence.weight as double) as weight,
    evidence.key_value,
    evidence.left_value,
    evidence.right_value
from evidence
inner join persons on evidence.identity_id = persons.identity_id
