-- Grain: one row of an authoritative directory: the person it stands for, and whether they work
-- here. Rows with one employee id are one person; a row without one joins the person another roster
-- knows by its e-mail.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where is_authoritative
),

file_accounts as (
    select
        *,
        row_number() over (partition by account_key order by source_row) as occurrence
    from {{ ref('stg_file__accounts') }}
),

terminated_words as (
    select * from {{ ref('terminated_words') }}
),

keys as (
    select
        account_key,
        min(
            case
                when key_type = 'employee_id' and source_field <> 'prior_employee_id' then key_value
            end
        ) as employee_id,
        min(case when key_type = 'email' and source_field <> 'alias_emails' then key_value end)
            as email
    from {{ ref('int_account_keys') }}
    where is_authoritative and relation = 'self' and generic_reason is null
    group by account_key
),

emails_elsewhere as (
    select
        keys.email,
        min(keys.employee_id) as employee_id,
        min(accounts.directory_id) as directory_id
    from keys
    inner join accounts on keys.account_key = accounts.account_key
    where keys.email is not null and keys.employee_id is not null
    group by keys.email
    having min(keys.employee_id) = max(keys.employee_id)
),

anchored as (
    select
        accounts.account_key,
        case
            when keys.employee_id is not null then 'employee_id:' || keys.employee_id
            when
                emails_elsewhere.employee_id is not null
                and emails_elsewhere.directory_id <> accounts.directory_id
                then 'employee_id:' || emails_elsewhere.employee_id
            else 'roster:' || accounts.account_key
        end as anchor,
        keys.employee_id,
        keys.email
    from accounts
    left join keys on accounts.account_key = keys.account_key
    left join emails_elsewhere on keys.email = emails_elsewhere.email
),

statuses as (
    select
        account_key,
        status,
        terminated_on,
        {{ json_has('invalid_fields', 'terminated_on') }} as is_termination_unreadable,
        trim(lower(status)) as status_text,
        {{ first_word('trim(lower(status))') }} as first_word
    from file_accounts
    where occurrence = 1
)

select
    accounts.account_key,
    accounts.directory_id,
    md5('person:' || anchored.anchor) as identity_id,
    anchored.anchor,
    accounts.display_name,
    accounts.given_name,
    accounts.family_name,
    coalesce(accounts.employee_id, anchored.employee_id) as employee_id,
    coalesce(accounts.email, anchored.email) as email,
    accounts.username,
    statuses.terminated_on,
    statuses.status as status_text,
    case
        when statuses.is_termination_unreadable then 'unknown'
        when statuses.terminated_on <= accounts.as_of then 'terminated'
        when statuses.terminated_on is not null then 'active'
        when whole_words.word is not null or first_words.word is not null then 'terminated'
        else 'active'
    end as employment_status,
    accounts.as_of
from accounts
inner join anchored on accounts.account_key = anchored.account_key
left join statuses on accounts.account_key = statuses.account_key
left join terminated_words as whole_words on statuses.status_text = whole_words.word
left join terminated_words as first_words
    on statuses.first_word = first_words.word and first_words.is_enough_as_first_word
