-- Grain: one limit of matching, and the value in force.
select
    threshold,
    cast(value as double) as value,
    cast(default_value as double) as default_value,
    description
from {{ ref('int_match_thresholds') }}
