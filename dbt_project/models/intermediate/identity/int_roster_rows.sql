-- Grain: one row of an authoritative directory: its keys, and whether it says that its person works
-- here. A termination date counts before the status word; one that could not be read leaves it
-- unknown. A prior number that many rows name is a placeholder.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where is_authoritative
),

terminated_words as (
    select * from {{ ref('terminated_words') }}
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

statuses as (
    select
        *,
        {{ json_has('invalid_fields', 'terminated_on') }} as is_termination_unreadable,
        trim(lower(status)) as status_text,
        {{ first_word('trim(lower(status))') }} as status_word
    from accounts
)

select
    statuses.account_key,
    statuses.directory_id,
    keys.employee_id,
    case
        when
            count(*) over (partition by keys.prior_employee_id)
            <= {{ threshold('shared_accounts') }}
            then keys.prior_employee_id
    end as prior_employee_id,
    keys.email,
    statuses.display_name,
    statuses.given_name,
    statuses.family_name,
    statuses.employee_id as shown_employee_id,
    statuses.email as shown_email,
    statuses.worker_type,
    statuses.department,
    statuses.hired_on,
    statuses.terminated_on,
    case
        when statuses.is_termination_unreadable then 'unknown'
        when statuses.terminated_on <= statuses.as_of then 'terminated'
        when statuses.terminated_on is not null then 'active'
        when whole_words.word is not null or first_words.word is not null then 'terminated'
        else 'active'
    end as employment_status,
    statuses.as_of
from statuses
left join keys on statuses.account_key = keys.account_key
left join terminated_words as whole_words on statuses.status_text = whole_words.word
left join terminated_words as first_words
    on statuses.status_word = first_words.word and first_words.is_enough_as_first_word
