-- Grain: one finding that is true now, whatever was found before. An account has one finding of a
-- type (one a credential for stale ones), so that it stays the same finding when the roster comes
-- or goes and the person is known by another anchor.
with accounts as (
    select
        accounts.account_key,
        accounts.directory_id,
        accounts.username,
        accounts.is_authoritative,
        accounts.as_of,
        accounts.identity_gap,
        directories.display_name as directory_name,
        directories.is_readable,
        kinds.account_kind,
        rights.is_admin,
        case
            when directories.kind = 'aws_iam' and rights.is_admin is null
                then 'whether it is an administrator'
        end as rights_gap,
        activity.activity,
        activity.has_usable_credential,
        activity.idle_days,
        activity.stale_after_days,
        activity.evidence as activity_evidence,
        activity.evidence_as_of,
        identity_accounts.identity_id
    from {{ ref('int_accounts_unioned') }} as accounts
    inner join {{ ref('int_directories_assessed') }} as directories
        on accounts.directory_id = directories.directory_id
    inner join {{ ref('int_account_kinds') }} as kinds
        on accounts.account_key = kinds.account_key
    inner join {{ ref('int_account_rights') }} as rights
        on accounts.account_key = rights.account_key
    inner join {{ ref('int_activity_verdicts') }} as activity
        on accounts.account_key = activity.account_key
    inner join {{ ref('int_identity_verdicts') }} as identity_accounts
        on accounts.account_key = identity_accounts.account_key
    where not accounts.is_authoritative
),

credentials as (
    select * from {{ ref('int_credential_verdicts') }}
    where is_stale
),

ownership as (
    select ownership.*
    from {{ ref('int_ownership_judged') }} as ownership
    inner join {{ ref('int_verdict_gates') }} as gates
        on gates.gate = 'orphaned_accounts' and gates.is_open
    where ownership.verdict = 'orphaned'
),

duplicates as (
    select * from {{ ref('int_duplicates_found') }}
),

stale_accounts as (
    select
        'stale_account' as finding_type,
        account_key,
        {{ as_text('null') }} as credential_key,
        identity_id,
        {{ as_text('null') }} as related_accounts,
        case when is_admin then 'high' else 'medium' end as severity,
        rights_gap as severity_gap,
        username || ' in ' || directory_name || ' has been idle for '
        || coalesce(
            {{ as_text('idle_days') }},
            'more than ' || {{ as_text('stale_after_days') }}
        ) || ' days' as summary,
        activity_evidence as evidence,
        'ask the owner; then deactivate its keys and delete its login profile, '
        || 'or certify that it is needed' as remedy
    from accounts
    where activity = 'stale'
),

stale_credentials as (
    select
        'stale_credential' as finding_type,
        credentials.account_key,
        credentials.credential_key,
        accounts.identity_id,
        {{ as_text('null') }} as related_accounts,
        case when accounts.is_admin then 'medium' else 'low' end as severity,
        accounts.rights_gap as severity_gap,
        case credentials.credential_type
            when 'password' then 'the console password'
            else 'access key ' || credentials.credential_id
        end
        || ' of ' || accounts.username || ' in ' || accounts.directory_name || ' has been idle for '
        || coalesce(
            {{ as_text('credentials.idle_days') }},
            'more than ' || {{ as_text('credentials.stale_after_days') }}
        ) || ' days' as summary,
        credentials.evidence,
        case credentials.credential_type
            when 'password' then 'delete the login profile of ' || accounts.username
            else 'set access key ' || credentials.credential_id
                || ' to Inactive; delete it when nothing complains'
        end as remedy
    from credentials
    inner join accounts on credentials.account_key = accounts.account_key
),

orphaned_accounts as (
    select
        'orphaned_account' as finding_type,
        ownership.account_key,
        {{ as_text('null') }} as credential_key,
        ownership.owner_identity_id as identity_id,
        {{ as_text('null') }} as related_accounts,
        case
            when not coalesce(accounts.has_usable_credential, false) then 'low'
            when ownership.reason like '%owner_terminated' and accounts.is_admin then 'critical'
            when ownership.reason like '%owner_terminated' or accounts.is_admin then 'high'
            else 'medium'
        end as severity,
        case
            when accounts.has_usable_credential is null
                then 'whether it can be used' || coalesce(' and ' || accounts.rights_gap, '')
            when accounts.has_usable_credential then accounts.rights_gap
        end as severity_gap,
        accounts.username || ' in ' || accounts.directory_name || case ownership.reason
            when 'no_owner' then ' belongs to nobody in the authoritative directory'
            when 'owner_terminated' then ' belongs to somebody who has left'
            when 'owner_ambiguous' then ' may belong to any of several persons'
            when 'service_unowned' then ' is a service nobody answers for'
            else ' is a service whose owner has left'
        end as summary,
        ownership.evidence,
        case ownership.reason
            when 'owner_terminated' then 'disable it now, then hand over what it runs'
            when 'service_owner_terminated' then 'name a new owner in its owner tag'
            when 'service_unowned' then 'tag it owner=<e-mail address of a person>, or disable it'
            when 'owner_ambiguous' then 'decide whose it is, and tag it email=<their address>'
            else 'tag it email=<address of its person>, or disable it'
        end as remedy
    from ownership
    inner join accounts on ownership.account_key = accounts.account_key
),

duplicate_identities as (
    select
        'duplicate_identity' as finding_type,
        duplicates.account_key,
        {{ as_text('null') }} as credential_key,
        duplicates.identity_id,
        duplicates.related_accounts,
        case duplicates.duplicate_kind
            when 'same_directory' then 'medium'
            when 'admin_twin' then 'low'
            else 'info'
        end as severity,
        {{ as_text('null') }} as severity_gap,
        accounts.username || ' in ' || accounts.directory_name || ' is one of '
        || {{ as_text('duplicates.cluster_size') }} || ' accounts of one person' as summary,
        duplicates.evidence || ' (' || duplicates.duplicate_kind || ', by '
        || duplicates.rules || ')' as evidence,
        'keep the one that is needed, certify the others or disable them' as remedy
    from duplicates
    inner join accounts on duplicates.account_key = accounts.account_key
),

unioned as (
    select * from stale_accounts
    union all
    select * from stale_credentials
    union all
    select * from orphaned_accounts
    union all
    select * from duplicate_identities
)

select
    {{ finding_id('unioned.finding_type', 'unioned.account_key',
        "case when unioned.finding_type = 'stale_credential' then unioned.credential_key end") }}
        as finding_id,
    unioned.finding_type,
    unioned.severity,
    unioned.severity_gap is not null as severity_is_lower_bound,
    unioned.account_key,
    accounts.directory_id,
    unioned.credential_key,
    unioned.identity_id,
    unioned.related_accounts,
    unioned.summary,
    unioned.evidence
    || coalesce(
        '; severity at least ' || unioned.severity
        || ': ' || unioned.severity_gap || ' is not known',
        ''
    ) as evidence,
    unioned.remedy,
    case
        when not accounts.is_readable then 'none'
        when
            unioned.finding_type in ('orphaned_account', 'duplicate_identity')
            and accounts.identity_gap is not null
            then 'partial'
        when duplicates.has_gap then 'partial'
        else 'full'
    end as coverage,
    accounts.evidence_as_of,
    accounts.as_of
from unioned
inner join accounts on unioned.account_key = accounts.account_key
left join duplicates
    on
        unioned.account_key = duplicates.account_key
        and unioned.finding_type = 'duplicate_identity'
