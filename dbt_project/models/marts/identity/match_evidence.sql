-- Grain: one reason (rule and value) why one account may be one person's (`identity`), or in their
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
),

candidates as (
    select
        ids.person_key,
        identities.identity_id,
        identities.display_name
    from ids
    inner join {{ ref('int_identities_unioned') }} as identities
        on ids.identity_id = identities.identity_id
),

evidence as (
    select
        account_key,
        person_key,
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
        rules.relation,
        claims.rule,
        rules.family,
        rules.weight,
        claims.key_value,
        claims.source_field || ': ' || claims.raw_value as left_value,
        claims.key_value as right_value
    from {{ ref('int_owner_claims') }} as claims
    inner join rules on claims.rule = rules.rule
)

select
    evidence.account_key,
    candidates.identity_id as candidate_identity_id,
    candidates.identity_id as candidate,
    candidates.display_name as candidate_name,
    evidence.relation,
    evidence.rule,
    evidence.family,
    cast(evidence.weight as double) as weight,
    evidence.key_value,
    evidence.left_value,
    evidence.right_value
from evidence
inner join candidates on evidence.person_key = candidates.person_key
