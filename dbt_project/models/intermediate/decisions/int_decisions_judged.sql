-- Grain: one decision of a person that was not undone, and whether it counts now. dangling: the
-- account or the finding it is about is in no directory any more. An exception follows its account
-- to the same finding there; one of a credential does not, because the credential stayed behind.
with decisions as (
    select
        *,
        case when verb in ('link', 'unlink', 'owner') then target end as target_key
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
    select
        finding_id,
        min(finding_type) as finding_type,
        min(account_key) as account_key
    from {{ ref('finding_states') }}
    group by finding_id
),

-- A duplicate is the account's duplicate, by whichever id it was accepted.
accepted as (
    select
        decisions.decision_id,
        findings.finding_id is not null
        and (decisions.carried_by is null or findings.finding_type <> 'stale_credential')
            as is_found,
        case
            when decisions.carried_by is not null and findings.finding_type <> 'stale_credential'
                then {{ finding_id('findings.finding_type', 'decisions.account_key') }}
            when findings.finding_type = 'duplicate_identity'
                then {{ finding_id("'duplicate_identity'", 'findings.account_key') }}
        end as finding_id
    from decisions
    left join findings on decisions.target = findings.finding_id
    where decisions.verb = 'except'
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
        findings_now.finding_id as finding_now,
        case
            when decisions.verb = 'except' then accepted.is_found
            else
                (subjects.account_key is not null or unread_subjects.directory_id is not null)
                and (
                    decisions.target_key is null
                    or targets.account_key is not null
                    or unread_targets.directory_id is not null
                )
        end as is_found
    from decisions
    left join accepted on decisions.decision_id = accepted.decision_id
    left join findings as findings_now on accepted.finding_id = findings_now.finding_id
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
    coalesce(found.finding_now, found.target) as target,
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
