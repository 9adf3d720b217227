-- Grain: one row: the instant everything is judged at, and the thresholds in force.
with source as (
    select * from {{ source('pipeline', 'evaluation') }}
)

select
    coalesce(as_of_override, evaluated_at) as evaluated_at,
    as_of_override,
    as_of_override is not null as is_what_if,
    cast(stale_after_days as integer) as stale_after_days,
    authoritative_max_age_hours,
    max_shrink,
    cast(max_shrink_rows as integer) as max_shrink_rows
from source
