-- Grain: one finding, ever: open, excepted (accepted until a date), resolved since, or ended with
-- its directory. A finding that could not be looked at again stays open, coverage none.
with states as (
    select * from {{ ref('finding_states') }}
),

evaluation as (
    select * from {{ ref('int_evaluation') }}
),

found as (
    select
        finding_id,
        severity_is_lower_bound,
        evidence_as_of
    from {{ ref('int_findings_unioned') }}
),

exceptions as (
    select
        *,
        row_number() over (
            partition by target order by expires_at desc, decision_id asc
        ) as preference
    from {{ ref('int_decisions_judged') }}
    where verb = 'except' and state = 'in_force'
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
    states.ended_at,
    case when exceptions.target is not null then 'excepted' else states.status end as status,
    exceptions.decision_id as exception_id,
    exceptions.reason as exception_reason,
    exceptions.decided_by as excepted_by,
    exceptions.expires_at as excepted_until,
    states.coverage,
    found.severity_is_lower_bound,
    found.evidence_as_of,
    states.as_of
from states
inner join evaluation on states.lane = evaluation.lane
left join found
    on states.finding_id = found.finding_id and states.status = 'open'
left join exceptions
    on
        states.finding_id = exceptions.target
        and states.status = 'open'
        and exceptions.preference = 1
