-- Grain: one decision of a person that was not undone, and whether it counts now. dangling: the
-- account or the finding it is about is in no directory any more.
with decisions as (
    select
        *,
        case when verb in ('link', 'unlink', 'owner') then target end as target_key,
        case when verb = 'except' then target end as finding_id
    from {{ ref('int_decisions_carried') }}
),

accounts as (
    select distinct account_key from {{ ref('int_accounts_unioned') }}
),

-- An account of a directory that has not been read yet is not gone: nobody has looked.
unread as (
    select directory_id from {{ ref('int_directories_assessed') }}
    where not has_snapshot
),

findings as (
    select distinct finding_id from {{ ref('finding_states') }}
),

contradicting as (
    select
        decision_id,
        min(contradiction) as contradiction
    from {{ ref('int_decisions_contradicting') }}
    group by decision_id
),

found as (
    select
        decisions.*,
        case
            when decisions.verb = 'except' then findings.finding_id is not null
            else
                (subjects.account_key is not null or unread_subjects.directory_id is not null)
                and (
                    decisions.target_key is null
                    or targets.account_key is not null
                    or unread_targets.directory_id is not null
                )
        end as is_found
    from decisions
    left join findings on decisions.finding_id = findings.finding_id
    left join accounts as subjects on decisions.account_key = subjects.account_key
    left join accounts as targets on decisions.target_key = targets.account_key
    left join unread as unread_subjects
        on split_part(decisions.account_key, ':', 1) = unread_subjects.directory_id
    left join unread as unread_targets
        on split_part(decisions.target_key, ':', 1) = unread_targets.directory_id
)

select
    found.decision_id,
    found.verb,
    found.account_key,
    found.target,
    found.reason,
    found.decided_by,
    found.decided_at,
    found.expires_at,
    found.is_in_force,
    case
        when not found.is_in_force then 'expired'
        when found.is_found then 'in_force'
        else 'dangling'
    end as state,
    contradicting.contradiction,
    found.decided_account_key,
    found.decided_target,
    found.carried_by
from found
left join contradicting on found.decision_id = contradicting.decision_id
