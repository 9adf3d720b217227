-- Grain: one account outside the rosters whose use cannot be judged, and what would settle it.
with activity as (
    select * from {{ ref('int_activity_verdicts') }}
    where activity = 'unknown'
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where not is_authoritative
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
),

named as (
    select
        accounts.account_key,
        accounts.directory_id,
        accounts.username,
        accounts.directory_kind,
        activity.activity_unknown_reason as reason,
        activity.self_check_remedy,
        {{ actions_in('activity.activity_unknown_reason') }} as missing_permission,
        activity.has_usable_credential,
        activity.last_active_at,
        activity.evidence,
        accounts.as_of
    from activity
    inner join accounts on activity.account_key = accounts.account_key
)

select
    named.account_key,
    named.directory_id,
    named.username,
    named.reason,
    named.missing_permission,
    case
        when named.self_check_remedy is not null then named.self_check_remedy
        when named.reason like '% denied%'
            then
                {{ permission_fix(
                    'named.reason', 'named.missing_permission', 'named.directory_id'
                ) }}
        when named.missing_permission is not null then 'certify sync ' || named.directory_id
        when named.reason like '%AWS records no use of its live credentials%'
            then 'no permission settles it: ask the owner whether these credentials are needed, '
                || 'and deactivate those that are not'
        when named.reason like 'not collected%' and named.directory_kind = 'aws_identity_center'
            then 'no permission tells: Identity Center keeps no last sign-in, CloudTrail does; '
                || 'certify these by hand'
        when named.reason like 'not collected%' and named.directory_kind = 'scim'
            then 'no permission tells: SCIM carries no last sign-in; certify these by hand'
        when
            named.reason like 'not known whether it is enabled%' and named.directory_kind = 'ldap'
            then 'let the bind_dn of ' || named.directory_id
                || ' read pwdAccountLockedTime, or map is_enabled to an attribute in columns'
        when named.reason like 'not known whether it is enabled%'
            then 'fill in is_enabled of this row in the source of ' || named.directory_id
        when named.reason like 'not collected%'
            then 'map last_active_at (and created_at) to columns of the source of '
                || named.directory_id
        else 'fix the row in the source of ' || named.directory_id
            || ', then: certify sync ' || named.directory_id
    end as remedy,
    named.has_usable_credential,
    named.last_active_at,
    named.evidence,
    directories.coverage,
    named.as_of
from named
inner join directories on named.directory_id = directories.directory_id
