-- Grain: one row of an authoritative directory: its keys, and whether it says that its person works
-- here. A termination date counts first; then the status word; a disabled record counts unless
-- the word says on leave. A word that is not understood, and a roster without any of these, say
-- nothing: unknown, unless the file lists only active people. A prior number that many rows name is
-- a placeholder.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where is_authoritative
),

roster_words as (
    select * from {{ ref('int_roster_words') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
),

keys as (
    select
        account_key,
        min(case when key_type = 'employee_id' then key_value end) as employee_id,
        min(case when key_type = 'prior_employee_id' then key_value end) as prior_employee_id,
        min(case when key_type = 'email' and source_field <> 'alias_emails' then key_value end)
            as email
    from {{ ref('int_account_keys') }}
    where claim_role = 'own'
    group by account_key
),

-- What each field says of the person; null where it says nothing.
statuses as (
    select
        accounts.*,
        directories.lists_only_active,
        roster_words.meaning as word_meaning,
        case
            when {{ json_has('accounts.invalid_fields', 'terminated_on') }} then 'unreadable'
            when accounts.terminated_on <= accounts.as_of then 'past'
            when accounts.terminated_on is not null then 'future'
            when {{ json_has('accounts.known_fields', 'terminated_on') }} then 'none'
        end as end_date
    from accounts
    inner join directories on accounts.directory_id = directories.directory_id
    left join roster_words
        on
            accounts.directory_id = roster_words.directory_id
            and {{ status_word('accounts.status') }} = roster_words.word
),

judged as (
    select
        *,
        case
            when end_date = 'unreadable' then 'unknown'
            when end_date = 'past' then 'terminated'
            when end_date = 'future' then 'active'
            when word_meaning = 'terminated' then 'terminated'
            when is_enabled = false and coalesce(word_meaning, '') <> 'on_leave' then 'terminated'
            when word_meaning in ('active', 'on_leave') then 'active'
            when lists_only_active then 'active'
            when word_meaning = 'unknown' then 'unknown'
            when is_enabled or end_date = 'none' then 'active'
            else 'unknown'
        end as employment_status
    from statuses
)

select
    judged.account_key,
    judged.directory_id,
    keys.employee_id,
    case
        when
            count(*) over (partition by keys.prior_employee_id)
            <= {{ threshold('shared_accounts') }}
            then keys.prior_employee_id
    end as prior_employee_id,
    keys.email,
    judged.display_name,
    judged.given_name,
    judged.family_name,
    judged.employee_id as shown_employee_id,
    judged.email as shown_email,
    judged.worker_type,
    judged.department,
    judged.hired_on,
    judged.terminated_on,
    judged.employment_status,
    case
        when judged.employment_status <> 'unknown' then null
        when judged.end_date = 'unreadable' then 'the termination date could not be read'
        when judged.word_meaning = 'unknown'
            then 'the status "' || trim(judged.status) || '" is not understood'
        when {{ json_has('judged.known_fields', 'status') }} then 'the status is empty'
        else judged.directory_id || ' has no column for the status or the termination date'
    end as employment_gap,
    case
        when judged.employment_status <> 'unknown' then null
        when judged.end_date = 'unreadable'
            then 'correct the termination date in the source of ' || judged.directory_id
                || ', then: certify sync ' || judged.directory_id
        when judged.word_meaning = 'unknown'
            then 'explain the word in settings.yaml, as status_words: {terminated: ["'
                || trim(judged.status) || '"]} or {active: [...]}, then: certify sync'
        when {{ json_has('judged.known_fields', 'status') }}
            then 'fill in the status in the source of ' || judged.directory_id
                || ', or map terminated_on to its column of end dates'
        else 'add the column to ' || judged.directory_id
            || ' in connections.yaml, as columns: {status: HEADER} or {terminated_on: HEADER} '
            || '(--columns status=HEADER of certify connect file), or lists_only_active: true '
            || 'where leavers are taken out of the file, then: certify sync '
            || judged.directory_id
    end as employment_action,
    judged.as_of
from judged
left join keys on judged.account_key = keys.account_key
