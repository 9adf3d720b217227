-- Grain: one account that strong evidence gives to a person of the roster, by the roster's own keys
-- or by learned ones.
with evidence as (
    select *
    from {{ ref('int_evidence_learned') }}
),

{{ scores('evidence') }}

select
    account_key,
    person_key,
    confidence
from {{ ref('int_links_strong') }}
union all
select
    ranked.account_key,
    ranked.person_key,
    ranked.confidence
from ranked
where {{ is_certain() }}
