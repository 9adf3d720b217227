-- Grain: one account; whether anybody uses it: active, stale, no_credentials, or unknown with the
-- reason. Something known to be fresh settles it. Otherwise anything not known that matters makes
-- it unknown. Where there is neither a password nor an active access key, another live credential
-- (a signing certificate, an SSH public key, a service-specific one) makes it unknown too: AWS
-- records no use of those.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

login_profiles as (
    select * from {{ ref('stg_aws_iam__login_profiles') }}
),

users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

listed_accounts as (
    select * from {{ ref('int_accounts_listed') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
),

evaluation as (
    select * from {{ ref('int_evaluation') }}
),

credentials_told as (
    select
        *,
        case
            when is_usable and is_stale is null
                then credential_type || ' ' || credential_id || ': ' || unknown_reason
        end as unknown_text
    from {{ ref('int_credentials_judged') }}
),

credentials as (
    select
        account_key,
        count(case when credential_type = 'access_key' then 1 end) as key_count,
        count(case when credential_type = 'access_key' and is_usable then 1 end)
            as active_key_count,
        count(case when is_usable then 1 end) as usable_count,
        count(case when is_usable and not is_stale then 1 end) as fresh_count,
        count(case when is_usable and is_stale is null then 1 end) as unknown_count,
        count(case when is_usable and last_used_state = 'used' then 1 end) as used_count,
        max(last_used_at) as last_used_at,
        case
            when count(case when is_usable and idle_since is null then 1 end) = 0
                then max(case when is_usable then idle_since end)
        end as idle_since,
        min(evidence_as_of) as evidence_as_of,
        {{ list_text('unknown_text', '; ') }} as unknown_reasons,
        {{ list_text('evidence', '. ') }} as evidence
    from credentials_told
    group by account_key
),

aws_iam as (
    select
        accounts.account_key,
        login_profiles.has_password as has_console_password,
        case when users.access_keys_gap is null then coalesce(credentials.key_count, 0) end
            as key_count,
        case when users.access_keys_gap is null then coalesce(credentials.active_key_count, 0) end
            as active_key_count,
        coalesce(credentials.usable_count, 0) as usable_count,
        coalesce(credentials.fresh_count, 0) as fresh_count,
        coalesce(credentials.used_count, 0) as used_count,
        login_profiles.has_password is not null as is_password_known,
        users.access_keys_gap is null as are_keys_known,
        users.other_credential_count,
        nullif(concat_ws(
            '; ',
            case
                when login_profiles.has_password is null
                    then 'console password not known: ' || coalesce(
                            login_profiles.login_profile_gap,
                            'iam:GetLoginProfile not_tried'
                        )
            end,
            'access keys not known: ' || users.access_keys_gap,
            case
                when
                    coalesce(credentials.usable_count, 0) > 0
                    or login_profiles.has_password is null
                    or users.access_keys_gap is not null
                    then null
                when users.other_credential_count is null
                    then 'other credentials not known: '
                        || coalesce(users.other_credentials_gap, 'iam:ListSSHPublicKeys not_tried')
                when users.other_credential_count > 0
                    then 'AWS records no use of its live credentials: ' || users.other_credentials
            end,
            credentials.unknown_reasons
        ), '') as unknown_reason,
        -- the sign-ins with a password that was deleted since are its activity too
        greatest(credentials.last_used_at, users.password_last_used_at) as last_active_at,
        credentials.idle_since,
        credentials.evidence,
        least(
            credentials.evidence_as_of,
            login_profiles.evidence_as_of,
            users.access_keys_evidence_as_of,
            users.other_credentials_evidence_as_of
        ) as evidence_as_of
    from accounts
    inner join users on accounts.account_key = users.account_key
    left join login_profiles on accounts.account_key = login_profiles.account_key
    left join credentials on accounts.account_key = credentials.account_key
    where accounts.directory_kind = 'aws_iam'
),

logins_told as (
    select
        accounts.account_key,
        accounts.directory_kind,
        accounts.as_of,
        accounts.is_enabled,
        accounts.last_active_at,
        coalesce(accounts.last_active_at, accounts.created_at) as idle_since,
        {{ json_has('listed_accounts.known_fields', 'last_active_at') }} as is_activity_collected,
        {{ json_has('listed_accounts.invalid_fields', 'last_active_at') }}
            as is_activity_unreadable,
        {{ json_has('listed_accounts.invalid_fields', 'is_enabled') }} as is_enabled_unreadable,
        accounts.is_enabled is null
        and (
            accounts.directory_kind <> 'file'
            or {{ json_has('listed_accounts.known_fields', 'is_enabled') }}
        ) as is_enabled_unknown,
        case
            when accounts.directory_kind in ('ldap', 'file')
                then {{ json_member('listed_accounts.attributes', 'last_active_note') }}
        end as last_active_note,
        {{ days_before('accounts.as_of', 'evaluation.stale_after_days') }} as limit_at,
        -- Active Directory writes a sign-in to lastLogonTimestamp up to 14 days late
        {{ days_before('accounts.as_of', 'evaluation.stale_after_days + 14') }} as late_limit_at
    from accounts
    inner join listed_accounts on accounts.account_key = listed_accounts.account_key
    cross join evaluation
    where accounts.directory_kind <> 'aws_iam'
),

-- Elsewhere the login itself is the one credential, usable when the directory says that it is
-- enabled. Only a file without such a column lists logins that count as usable. A login of which
-- that is not known is no idle one; one used lately is active all the same.
logins as (
    select
        account_key,
        cast(null as boolean) as has_console_password,
        cast(null as bigint) as key_count,
        cast(null as bigint) as active_key_count,
        case
            when is_enabled = false or is_enabled_unreadable or is_enabled_unknown then 0
            else 1
        end as usable_count,
        case
            when is_enabled = false or is_enabled_unreadable then 0
            when is_activity_collected and not is_activity_unreadable and idle_since >= limit_at
                then 1
            else 0
        end as fresh_count,
        case when last_active_at is not null then 1 else 0 end as used_count,
        not is_enabled_unreadable and not is_enabled_unknown as is_password_known,
        true as are_keys_known,
        cast(0 as bigint) as other_credential_count,
        case
            when is_enabled = false then null
            when is_enabled_unreadable then 'is_enabled could not be read'
            when is_activity_unreadable then 'last_active_at could not be read'
            when not is_activity_collected
                then 'not collected: ' || directory_kind || ' carries no last activity'
            when is_enabled_unknown
                then 'not known whether it is enabled: the directory does not say so of it'
            when idle_since is null
                then 'never active, and when the account was created is not known'
            when last_active_note is not null and last_active_at >= late_limit_at
                and last_active_at < limit_at
                then
                    'last active ' || {{ instant_text('last_active_at') }} || ', or later: '
                    || last_active_note
        end as unknown_reason,
        last_active_at,
        idle_since,
        case
            when last_active_at is not null
                then
                    'last active ' || {{ instant_text('last_active_at') }}
                    || coalesce('; ' || last_active_note, '')
            else 'never active since it was created ' || {{ instant_text('idle_since') }}
        end as evidence,
        cast(null as timestamp) as evidence_as_of
    from logins_told
),

unioned as (
    select * from aws_iam
    union all
    select * from logins
)

select
    unioned.account_key,
    accounts.directory_id,
    accounts.as_of,
    evaluation.stale_after_days,
    unioned.has_console_password,
    cast(unioned.key_count as integer) as key_count,
    cast(unioned.active_key_count as integer) as active_key_count,
    unioned.is_password_known,
    unioned.are_keys_known,
    case
        when accounts.is_authoritative then null
        when unioned.usable_count > 0 or unioned.other_credential_count > 0 then true
        when
            unioned.is_password_known
            and unioned.are_keys_known
            and unioned.other_credential_count = 0
            then false
    end as has_usable_credential,
    case
        when accounts.is_authoritative then null
        when unioned.used_count > 0 then false
        when unioned.unknown_reason is not null then null
        else unioned.usable_count > 0
    end as never_used,
    unioned.last_active_at,
    unioned.idle_since,
    {{ whole_days('unioned.idle_since', 'accounts.as_of') }} as idle_days,
    case
        when accounts.is_authoritative then 'unknown'
        when unioned.fresh_count > 0 then 'active'
        when unioned.unknown_reason is not null then 'unknown'
        when unioned.usable_count = 0 then 'no_credentials'
        else 'stale'
    end as activity,
    case
        when accounts.is_authoritative then 'not a login: the authoritative roster lists persons'
        when unioned.fresh_count > 0 then null
        else unioned.unknown_reason
    end as activity_unknown_reason,
    unioned.evidence,
    coalesce(unioned.evidence_as_of, directories.evidence_as_of, accounts.as_of) as evidence_as_of
from unioned
inner join accounts on unioned.account_key = accounts.account_key
inner join directories on accounts.directory_id = directories.directory_id
cross join evaluation
