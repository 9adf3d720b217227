-- Grain: one account that strong evidence alone gives to a person of the roster.
with decided as (
    select
        account_key,
        person_key
    from {{ ref('int_accounts_linked_by_hand') }}
    where person_key is not null
),

evidence as (
    select evidence.*
    from {{ ref('int_evidence_strong') }} as evidence
    left join decided on evidence.account_key = decided.account_key
    where decided.account_key is null
),

{{ scores('evidence') }}

select
    ranked.account_key,
    ranked.person_key,
    ranked.confidence
from ranked
where {{ is_certain() }}
union all
select
    account_key,
    person_key,
    cast(1 as double) as confidence
from decided
