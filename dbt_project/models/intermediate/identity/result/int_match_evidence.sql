-- Grain: one reason (rule and value) why one account may be one person's (`identity`) or in their
-- care (`owner`).
with rules as (
    select * from {{ ref('int_match_rules') }}
),

ids as (
    select
        substr(identity_key, length('person:') + 1) as person_key,
        identity_id
    from {{ ref('int_identity_ids') }}
    where identity_key like 'person:%'
)

select
    evidence.account_key,
    evidence.person_key,
    ids.identity_id,
    'identity' as relation,
    evidence.rule,
    evidence.family,
    evidence.weight,
    evidence.key_value,
    evidence.left_value,
    evidence.right_value
from {{ ref('int_identity_evidence') }} as evidence
inner join ids on evidence.person_key = ids.person_key
union all
select
    claims.account_key,
    claims.person_key,
    ids.identity_id,
    rules.relation,
    claims.rule,
    rules.family,
    rules.weight,
    claims.key_value,
    claims.source_field || ': ' || claims.raw_value as left_value,
    claims.key_value as right_value
from {{ ref('int_owner_claims') }} as claims
inner join rules on claims.rule = rules.rule
inner join ids on claims.person_key = ids.person_key
