-- Grain: one account outside the rosters: who answers for it. verdict: owned, orphaned, unknown, or
-- excluded (break-glass accounts are nobody's on purpose). Whether it may be published is the
-- gate's decision, not made here.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where not is_authoritative
),

kinds as (
    select * from {{ ref('int_account_kinds') }}
),

identity_accounts as (
    select * from {{ ref('int_identity_verdicts') }}
),

quarantined as (
    select * from {{ ref('int_accounts_quarantined') }}
),

persons as (
    select * from {{ ref('int_persons_identified') }}
    where is_rostered
),

owners as (
    select * from {{ ref('int_account_owners') }}
    where preference = 1
),

-- What a person has decided comes first. A person's own account is that person's; only where nobody
-- is certain does an owner tag decide.
deciding as (
    select
        accounts.account_key,
        accounts.directory_id,
        accounts.as_of,
        accounts.identity_gap,
        kinds.account_kind,
        kinds.kind_rule,
        identity_accounts.identity_id as person_id,
        identity_accounts.status as match_status,
        identity_accounts.candidates as match_candidates,
        identity_accounts.rules,
        persons.identity_id is not null and not coalesce(owners.rule = 'owner_decision', false)
            as is_roster_person,
        persons.display_name as person_name,
        persons.employment_status,
        persons.terminated_on,
        persons.employment_gap,
        persons.employment_action,
        owning_persons.employment_gap as owner_employment_gap,
        owning_persons.employment_action as owner_employment_action,
        owners.identity_id as owner_id,
        owners.outcome as owner_outcome,
        owners.source_field as owner_field,
        owners.raw_value as owner_value,
        owners.candidates as owner_candidates,
        quarantined.reason as self_check,
        quarantined.detail as self_check_detail,
        quarantined.remedy as self_check_remedy,
        case
            when quarantined.account_key is not null then 'quarantined'
            when kinds.account_kind = 'break_glass' then 'excluded'
            when owners.rule = 'owner_decision' and owners.outcome = 'unresolved' then 'nobody'
            when owners.rule = 'owner_decision' then owners.outcome
            when persons.identity_id is not null then persons.employment_status
            when owners.outcome is not null and owners.outcome <> 'unresolved' then owners.outcome
            when identity_accounts.status = 'ambiguous' then 'ambiguous'
            else 'nobody'
        end as outcome
    from accounts
    inner join kinds on accounts.account_key = kinds.account_key
    inner join identity_accounts on accounts.account_key = identity_accounts.account_key
    left join persons on identity_accounts.identity_id = persons.identity_id
    left join owners on accounts.account_key = owners.account_key
    left join persons as owning_persons on owners.identity_id = owning_persons.identity_id
    left join quarantined on accounts.account_key = quarantined.account_key
)

select
    account_key,
    directory_id,
    as_of,
    account_kind,
    case
        when outcome = 'excluded' then 'excluded'
        when outcome in ('active', 'mailbox') then 'owned'
        when outcome in ('quarantined', 'unknown') then 'unknown'
        when outcome in ('nobody', 'ambiguous') and identity_gap is not null then 'unknown'
        else 'orphaned'
    end as verdict,
    case
        when outcome = 'terminated' and account_kind = 'service' then 'service_owner_terminated'
        when outcome = 'terminated' then 'owner_terminated'
        when outcome = 'ambiguous' then 'owner_ambiguous'
        when outcome = 'nobody' and account_kind = 'service' then 'service_unowned'
        when outcome = 'nobody' then 'no_owner'
    end as reason,
    case
        when outcome = 'quarantined' then self_check
        when outcome = 'unknown'
            then coalesce(case when is_roster_person then person_name end, owner_candidates)
                || ' owns it, but whether they still work here is not known: '
                || coalesce(
                    case when is_roster_person then employment_gap else owner_employment_gap end,
                    'the roster does not say'
                )
        when outcome in ('nobody', 'ambiguous') and identity_gap is not null
            then 'what says whose it is was not read: ' || identity_gap
    end as unknown_reason,
    case
        when outcome = 'unknown' and is_roster_person then employment_action
        when outcome = 'unknown' then owner_employment_action
    end as employment_action,
    identity_gap,
    self_check_remedy,
    case
        when outcome = 'quarantined' then null
        when is_roster_person then person_id
        else owner_id
    end as owner_identity_id,
    coalesce(
        case when outcome = 'ambiguous' then coalesce(match_candidates, owner_candidates) end,
        case when is_roster_person then person_name end,
        owner_candidates
    ) as candidates,
    case
        when outcome = 'quarantined' then self_check_detail
        when is_roster_person
            then 'belongs to ' || person_name || ' by ' || rules || ', ' || employment_status
                || coalesce(' on ' || {{ instant_text('terminated_on') }}, '')
        when owner_outcome is not null and owner_outcome <> 'unresolved'
            then owner_field || '=' || owner_value || ' leads to ' || owner_candidates
        when match_status = 'ambiguous'
            then 'nothing settles whose it is; it fits ' || match_candidates
        when owner_outcome = 'unresolved'
            then owner_field || '=' || owner_value
                || ' leads to nobody in the authoritative directory'
        else 'no address, number, name or owner tag leads to anybody '
            || 'in the authoritative directory'
    end
    || '; ' || account_kind || coalesce(' (' || kind_rule || ')', '') as evidence
from deciding
