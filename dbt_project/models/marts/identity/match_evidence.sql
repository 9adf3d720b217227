-- Grain: one reason (rule and value) why one account may be one person's, or in their care.
with evidence as (
    select * from {{ ref('int_match_evidence') }}
),

identities as (
    select * from {{ ref('int_identities_unioned') }}
)

select
    evidence.account_key,
    evidence.identity_id as candidate,
    identities.display_name as candidate_name,
    evidence.relation,
    evidence.rule,
    evidence.family,
    cast(evidence.weight as double) as weight,
    evidence.key_value,
    evidence.left_value,
    evidence.right_value
from evidence
inner join identities on evidence.identity_id = identities.identity_id
