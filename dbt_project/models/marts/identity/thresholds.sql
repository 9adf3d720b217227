-- Grain: one limit of matching, and the value in force: the earlier name of match_thresholds.
select
    threshold,
    value,
    default_value,
    description
from {{ ref('match_thresholds') }}
