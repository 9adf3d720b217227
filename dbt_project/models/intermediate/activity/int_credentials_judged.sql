-- Grain: one console password that exists, or one access key, with whether it is stale (null: not
-- known).
with users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

login_profiles as (
    select * from {{ ref('stg_aws_iam__login_profiles') }}
),

access_keys as (
    select * from {{ ref('stg_aws_iam__access_keys') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
),

evaluation as (
    select * from {{ ref('int_evaluation') }}
),

-- The landed use is the present password's own: a sign-in with a deleted one does not count, and a
-- reset or the change at the first sign-in makes no new password. Where only the last change is
-- known, the password was made, and idle, no later than that.
passwords as (
    select
        users.account_key || ':password' as credential_key,
        users.account_key,
        users.directory_id,
        'password' as credential_type,
        'password' as credential_id,
        'exists' as status,
        true as is_usable,
        login_profiles.created_at,
        login_profiles.password_last_changed_at as changed_at,
        login_profiles.last_used_at,
        coalesce(login_profiles.last_used_state, 'unknown') as last_used_state,
        {{ as_text('null') }} as last_used_in,
        login_profiles.created_at as in_place_since,
        login_profiles.password_last_changed_at as idle_since_at_latest,
        case
            when coalesce(login_profiles.last_used_state, 'unknown') = 'unknown'
                then coalesce(login_profiles.last_used_gap, 'iam:GetLoginProfile not_tried')
            when login_profiles.last_used_state = 'never_used' and login_profiles.created_at is null
                then 'never used, and when the password was created is not known: '
                    || coalesce(login_profiles.created_gap, 'iam:GetLoginProfile not_tried')
        end as gap,
        case
            when
                login_profiles.last_used_state = 'never_used'
                and users.password_last_used_at is not null
                then '; the last sign-in, ' || {{ instant_text('users.password_last_used_at') }}
                    || ', was with an earlier password'
        end as remark,
        login_profiles.source as evidence_source,
        login_profiles.evidence_as_of
    from login_profiles
    inner join users on login_profiles.account_key = users.account_key
    where login_profiles.has_password
),

keys as (
    select
        account_key || ':' || access_key_id as credential_key,
        account_key,
        directory_id,
        'access_key' as credential_type,
        access_key_id as credential_id,
        status,
        status = 'Active' as is_usable,
        created_at,
        cast(null as timestamp) as changed_at,
        case when last_used_state = 'used' then last_used_at end as last_used_at,
        case
            when last_used_state = 'used' and last_used_at is null then 'unknown'
            else last_used_state
        end as last_used_state,
        nullif(concat_ws(' in ', last_used_service, last_used_region), '') as last_used_in,
        created_at as in_place_since,
        cast(null as timestamp) as idle_since_at_latest,
        case
            when last_used_state = 'unknown' or (last_used_state = 'used' and last_used_at is null)
                then coalesce(last_used_gap, 'iam:GetAccessKeyLastUsed not_tried')
            when last_used_state = 'never_used' and created_at is null
                then 'never used, and when the key was created is not known: '
                    || 'iam:ListAccessKeys failed'
        end as gap,
        {{ as_text('null') }} as remark,
        source as evidence_source,
        evidence_as_of
    from access_keys
),

unioned as (
    select * from passwords
    union all
    select * from keys
),

dated as (
    select
        unioned.*,
        directories.as_of,
        evaluation.stale_after_days,
        case
            when unioned.last_used_state = 'used' then unioned.last_used_at
            when unioned.last_used_state = 'never_used' then unioned.in_place_since
        end as idle_since
    from unioned
    inner join directories on unioned.directory_id = directories.directory_id
    cross join evaluation
)

select
    credential_key,
    account_key,
    directory_id,
    credential_type,
    credential_id,
    status,
    is_usable,
    created_at,
    changed_at,
    last_used_at,
    last_used_state,
    last_used_in,
    gap as unknown_reason,
    case
        when not is_usable then false
        when idle_since is not null then idle_since < {{ days_before('as_of', 'stale_after_days') }}
        when idle_since_at_latest < {{ days_before('as_of', 'stale_after_days') }} then true
    end as is_stale,
    idle_since,
    {{ whole_days('idle_since', 'as_of') }} as idle_days,
    case credential_type
        when 'password' then 'console password'
        else 'access key ' || credential_id
    end
    || case when is_usable then '' else ' (' || lower(status) || ')' end
    || case last_used_state
        when 'used'
            then ': last used ' || {{ instant_text('last_used_at') }}
                || coalesce(' for ' || last_used_in, '')
        when 'never_used'
            then ': never used since it was created '
                || coalesce({{ instant_text('idle_since') }}, 'at a time not known')
        else ': last use not known (' || gap || ')'
    end
    || coalesce(', last changed ' || {{ instant_text('changed_at') }}, '')
    || coalesce(', ' || {{ as_text(whole_days('idle_since', 'as_of')) }} || ' days idle', '')
    || coalesce(remark, '')
    || coalesce('; source: ' || evidence_source, '')
    || coalesce(' of ' || {{ instant_text('evidence_as_of') }}, '') as evidence,
    evidence_source,
    evidence_as_of,
    as_of,
    stale_after_days
from dated
