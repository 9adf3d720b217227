-- Grain: one decision of a person that was not undone, about the accounts as they are called now.
-- An account that is in no directory any more is found again by its employee number, else its
-- address, as the ledger noted them: a row of a roster in the rosters, another account in its own
-- directory.
with decisions as (
    select * from {{ ref('stg_ledger__decisions') }}
),

accounts as (
    select
        account_key,
        case when is_authoritative then 'a roster' else directory_id end as place,
        {{ normalise_employee_id('stated_employee_id') }} as employee_id,
        {{ normalise_email('email') }} as email
    from {{ ref('int_accounts_unioned') }}
),

unread as (
    select directory_id from {{ ref('int_directories_assessed') }}
    where not has_snapshot
),

-- Rows of one number are one person's; of several with one address nothing says which is meant.
by_number as (
    select
        place,
        employee_id,
        min(account_key) as account_key
    from accounts
    where employee_id is not null
    group by place, employee_id
    having place = 'a roster' or count(*) = 1
),

by_email as (
    select
        place,
        email,
        min(account_key) as account_key
    from accounts
    where email is not null
    group by place, email
    having count(*) = 1
),

named as (
    select
        decision_id,
        'account' as position,
        account_key,
        account_was_rostered as was_rostered,
        account_employee_id as employee_id,
        account_email as email
    from decisions
    where account_key is not null
    union all
    select
        decision_id,
        'target' as position,
        target as account_key,
        target_was_rostered as was_rostered,
        target_employee_id as employee_id,
        target_email as email
    from decisions
    where verb in ('link', 'unlink', 'owner')
),

missing as (
    select
        named.decision_id,
        named.position,
        case
            when named.was_rostered then 'a roster'
            else split_part(named.account_key, ':', 1)
        end as place,
        {{ normalise_employee_id('named.employee_id') }} as employee_id,
        {{ normalise_email('named.email') }} as email
    from named
    left join accounts on named.account_key = accounts.account_key
    left join unread on split_part(named.account_key, ':', 1) = unread.directory_id
    where accounts.account_key is null and unread.directory_id is null
),

found as (
    select
        missing.decision_id,
        missing.position,
        coalesce(by_number.account_key, by_email.account_key) as account_key,
        case when by_number.account_key is not null then 'employee_id' else 'email' end
            as carried_by
    from missing
    left join by_number
        on missing.place = by_number.place and missing.employee_id = by_number.employee_id
    left join by_email on missing.place = by_email.place and missing.email = by_email.email
    where coalesce(by_number.account_key, by_email.account_key) is not null
)

select
    decisions.decision_id,
    decisions.verb,
    coalesce(found_accounts.account_key, decisions.account_key) as account_key,
    coalesce(found_targets.account_key, decisions.target) as target,
    decisions.reason,
    decisions.decided_by,
    decisions.decided_at,
    decisions.expires_at,
    decisions.is_in_force,
    decisions.account_key as decided_account_key,
    decisions.target as decided_target,
    coalesce(found_accounts.carried_by, found_targets.carried_by) as carried_by
from decisions
left join found as found_accounts
    on decisions.decision_id = found_accounts.decision_id and found_accounts.position = 'account'
left join found as found_targets
    on decisions.decision_id = found_targets.decision_id and found_targets.position = 'target'
