-- Grain: one account that strong evidence alone gives to a person of the roster.
with

evidence as (
    select *
    from {{ ref('int_evidence_rostered') }}
),

{{ scores('evidence') }}

select
    ranked.account_key,
    ranked.person_key,
    ranked.confidence
from ranked
where {{ is_certain() }}
