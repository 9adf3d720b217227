-- Grain: one attempt to read a connected directory, as far back as snapshots are kept.
with source as (
    select * from {{ source('pipeline', 'attempts') }}
)

select
    snapshot_id,
    directory_id,
    kind,
    status,
    as_of,
    evidence_as_of,
    finished_at,
    run_id,
    strategy,
    endpoint,
    calls,
    retries,
    vanished,
    rows as row_count,
    directory_identity,
    is_current,
    is_latest,
    problem_code,
    problem_message,
    problem_action,
    problem_remedy
from source
