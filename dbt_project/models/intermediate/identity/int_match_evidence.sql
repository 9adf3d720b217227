-- Grain: one reason (rule and value) why one account may be one person's (`identity`) or in their
-- care (`owner`).
with rules as (
    select * from {{ ref('int_match_rules') }}
)

select
    account_key,
    person_key,
    {{ identity_id('person_key') }} as identity_id,
    'identity' as relation,
    rule,
    family,
    weight,
    key_value,
    left_value,
    right_value
from {{ ref('int_identity_evidence') }}
union all
select
    claims.account_key,
    claims.person_key,
    {{ identity_id('claims.person_key') }} as identity_id,
    rules.relation,
    claims.rule,
    rules.family,
    rules.weight,
    claims.key_value,
    claims.source_field || ': ' || claims.raw_value as left_value,
    claims.key_value as right_value
from {{ ref('int_owner_claims') }} as claims
inner join rules on claims.rule = rules.rule
where claims.person_key is not null
