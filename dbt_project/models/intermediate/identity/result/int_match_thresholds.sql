-- Grain: one limit of matching and the value in force: the seed's, unless settings.yaml says
-- another.
with thresholds as (
    select * from {{ ref('default_match_thresholds') }}
),

settings as (
    select * from {{ ref('stg_pipeline__match_settings') }}
    where setting_kind = 'threshold'
)

select
    thresholds.threshold,
    coalesce(settings.value, thresholds.value) as value,
    thresholds.value as default_value,
    thresholds.description
from thresholds
left join settings on thresholds.threshold = settings.name
