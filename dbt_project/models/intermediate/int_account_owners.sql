-- Grain: one key that names an owner of an account, and what became of it: whom it leads to and
-- whether they are here.
with owner_keys as (
    select
        keys.account_key,
        keys.relation,
        keys.key_type,
        keys.key_value,
        keys.raw_value,
        keys.source_field,
        keys.generic_reason
    from {{ ref('int_account_keys') }} as keys
    inner join {{ ref('int_account_kinds') }} as kinds on keys.account_key = kinds.account_key
    where
        not keys.is_authoritative
        and (keys.relation = 'owner' or not kinds.may_be_a_person)
),

evidence as (
    select * from {{ ref('int_match_evidence') }}
    where relation = 'owner'
),

persons as (
    select * from {{ ref('int_persons') }}
),

resolved as (
    select
        evidence.account_key,
        evidence.key_value,
        evidence.rule,
        count(distinct evidence.identity_id) as person_count,
        min(evidence.identity_id) as identity_id,
        max(evidence.weight) as confidence,
        min(persons.employment_status) as employment_status,
        {{ list_text('persons.label', '; ') }} as candidates
    from evidence
    inner join persons on evidence.identity_id = persons.identity_id
    group by evidence.account_key, evidence.key_value, evidence.rule
),

judged as (
    select
        owner_keys.account_key,
        owner_keys.key_type,
        owner_keys.raw_value,
        owner_keys.source_field,
        resolved.candidates,
        case when resolved.person_count = 1 then resolved.identity_id end as identity_id,
        case
            when resolved.person_count is null then 'unresolved'
            when resolved.person_count > 1 then 'ambiguous'
            else resolved.employment_status
        end as outcome
    from owner_keys
    left join resolved
        on
            owner_keys.account_key = resolved.account_key
            and owner_keys.key_value = resolved.key_value
            and resolved.rule = 'owner_' || owner_keys.key_type
)

select
    account_key,
    key_type,
    raw_value,
    source_field,
    identity_id,
    candidates,
    outcome,
    row_number() over (
        partition by account_key
        order by
            case outcome
                when 'active' then 0
                when 'unknown' then 1
                when 'ambiguous' then 2
                when 'terminated' then 3
                else 4
            end,
            source_field,
            raw_value
    ) as preference
from judged
