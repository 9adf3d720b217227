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
    duration_seconds,
    account_count,
    calls,
    retries,
    vanished,
    problem_code,
    problem_message,
    problem_action,
    problem_remedy
from {{ ref('int_attempts_timed') }}
