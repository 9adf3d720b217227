-- Grain: one finding, ever: open, or resolved since. A finding that could not be looked at again
-- stays open, coverage none.
with states as (
    select * from {{ ref('finding_states') }}
),

evaluation as (
    select * from {{ ref('int_evaluation') }}
)

select
    states.finding_id,
    states.finding_type,
    states.severity,
    states.account_key,
    states.directory_id,
    states.credential_key,
    states.identity_id,
    states.summary,
    states.evidence,
    states.remedy,
    states.first_seen_at,
    states.last_seen_at,
    states.resolved_at,
    states.status,
    states.coverage,
    states.as_of
from states
inner join evaluation on states.lane = evaluation.lane
