-- Grain: one rule of matching and the weight in force: the seed's, unless settings.yaml says
-- another. A weight of 0 switches a rule off.
with rules as (
    select * from {{ ref('default_match_rules') }}
),

settings as (
    select * from {{ ref('stg_pipeline__match_settings') }}
    where setting_kind = 'weight'
)

select
    rules.rule,
    rules.family,
    rules.strength,
    rules.relation,
    coalesce(settings.value, rules.weight) as weight,
    rules.weight as default_weight,
    rules.family = 'negative' or coalesce(settings.value, rules.weight) > 0 as enabled,
    rules.description
from rules
left join settings on rules.rule = settings.name
