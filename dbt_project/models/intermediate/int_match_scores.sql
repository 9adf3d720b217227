-- Grain: one account and one candidate in one relation, with the confidence all its evidence adds
-- up to. confidence = 1 - product(1 - weight), the strongest evidence of each family only: one name
-- told twice is one witness.
with evidence as (
    select * from {{ ref('int_match_evidence') }}
),

families as (
    select
        account_key,
        identity_id,
        relation,
        family,
        max(weight) as weight,
        max_by(rule, weight) as rule
    from evidence
    group by account_key, identity_id, relation, family
),

scores as (
    select
        account_key,
        identity_id,
        relation,
        least(round(1 - exp(sum(ln(1 - least(weight, 0.999999)))), 6), 0.999999) as confidence,
        {{ list_text('rule') }} as rules
    from families
    group by account_key, identity_id, relation
)

select
    account_key,
    identity_id,
    relation,
    confidence,
    confidence / (1 - confidence) as odds,
    rules,
    row_number() over (
        partition by account_key, relation order by confidence desc, identity_id asc
    ) as preference
from scores
