-- Grain: one API action of the latest attempt to read one directory.
with coverage as (
    select * from {{ ref('stg_pipeline__coverage') }}
),

attempts as (
    select * from {{ ref('stg_pipeline__attempts') }}
    where is_latest
)

select
    coverage.directory_id,
    coverage.action,
    coverage.outcome,
    coverage.calls,
    coverage.row_count as rows,
    nullif(coverage.needed_for, '') as needed_for,
    nullif(coverage.remedy, '') as remedy,
    nullif(coverage.error_code, '') as error_code,
    nullif(coverage.message, '') as message,
    coverage.principals_asked,
    coverage.principals_denied,
    coverage.as_of
from coverage
inner join attempts
    on
        coverage.directory_id = attempts.directory_id
        and coverage.snapshot_id = attempts.snapshot_id
