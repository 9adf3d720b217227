-- Grain: one row: the instant everything is judged at, the thresholds in force, and the lane
-- history is kept in.
select
    evaluated_at,
    as_of_override,
    is_what_if,
    case when is_what_if then 'as_of' else 'recorded' end as lane,
    stale_after_days,
    authoritative_max_age_hours,
    max_shrink,
    max_shrink_rows
from {{ ref('stg_pipeline__evaluation') }}
