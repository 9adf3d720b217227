-- Grain: one API action of one attempt, for the attempts that are current or latest.
with source as (
    select * from {{ source('pipeline', 'coverage') }}
)

select
    snapshot_id,
    directory_id,
    action,
    outcome,
    calls,
    rows as row_count,
    error_code,
    message,
    needed_for,
    remedy,
    principals_asked,
    principals_denied,
    as_of
from source
