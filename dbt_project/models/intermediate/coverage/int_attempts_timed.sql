-- Grain: one attempt to read one directory.
select
    snapshot_id,
    directory_id,
    kind,
    status,
    is_current,
    is_latest,
    run_id,
    strategy,
    endpoint,
    as_of,
    evidence_as_of,
    finished_at,
    cast({{ seconds_between('as_of', 'finished_at') }} as double) as duration_seconds,
    row_count as account_count,
    calls,
    retries,
    vanished,
    nullif(problem_code, '') as problem_code,
    nullif(problem_message, '') as problem_message,
    nullif(problem_action, '') as problem_action,
    nullif(problem_remedy, '') as problem_remedy
from {{ ref('stg_pipeline__attempts') }}
