-- Grain: one e-mail address or employee number that several hold, so that it says little about
-- whose an account is, with the reason.
with keys as (
    select * from {{ ref('int_account_keys') }}
    where claim_role = 'own' and key_type in ('email', 'employee_id')
),

profiles as (
    select * from {{ ref('int_account_profiles') }}
),

generic as (
    select * from {{ ref('generic_identifiers') }}
),

holders as (
    select
        keys.key_type,
        keys.key_value,
        profiles.directory_id,
        profiles.account_key,
        profiles.core,
        profiles.is_admin_twin,
        profiles.is_authoritative,
        profiles.lists_people,
        profiles.may_be_no_person
    from keys
    inner join profiles on keys.account_key = profiles.account_key
),

by_directory as (
    select
        key_type,
        key_value,
        directory_id,
        count(distinct account_key) as account_count,
        count(distinct case when not is_admin_twin and not may_be_no_person then account_key end)
            as ordinary_count,
        max(case when is_authoritative then 1 else 0 end) as in_roster,
        max(case when lists_people and may_be_no_person then 1 else 0 end) as of_no_person
    from holders
    group by key_type, key_value, directory_id
),

by_username as (
    select
        key_type,
        key_value,
        count(distinct core) as username_count
    from holders
    where not is_authoritative and not may_be_no_person
    group by key_type, key_value
),

measured as (
    select
        by_directory.key_type,
        by_directory.key_value,
        sum(case when by_directory.in_roster = 1 then by_directory.account_count else 0 end)
            as person_count,
        sum(case when by_directory.in_roster = 0 then by_directory.account_count else 0 end)
            as account_count,
        max(by_directory.ordinary_count) as most_in_a_directory,
        max(case when by_directory.in_roster = 1 then by_directory.ordinary_count else 0 end)
            as most_in_a_roster,
        max(by_directory.in_roster) as in_roster,
        max(by_directory.of_no_person) as of_no_person,
        coalesce(max(by_username.username_count), 0) as username_count
    from by_directory
    left join by_username
        on
            by_directory.key_type = by_username.key_type
            and by_directory.key_value = by_username.key_value
    group by by_directory.key_type, by_directory.key_value
),

-- An address that the roster gives to a person is that person's, however it reads.
judged as (
    select
        measured.key_type,
        measured.key_value,
        measured.person_count,
        measured.account_count,
        case
            when
                measured.in_roster = 0
                and measured.key_type = 'email'
                and generic.identifier is not null
                then generic.reason
            when measured.in_roster = 0 and measured.of_no_person = 1
                then 'held by a service or a shared mailbox'
            when measured.username_count > {{ threshold('shared_usernames') }}
                then 'used under ' || {{ as_text('measured.username_count') }} || ' user names'
            when
                measured.most_in_a_roster > {{ threshold('shared_accounts') }}
                then 'shared by ' || {{ as_text('measured.person_count') }}
                    || ' persons of the roster'
            when measured.most_in_a_directory > {{ threshold('shared_accounts') }}
                then 'shared by ' || {{ as_text('measured.most_in_a_directory') }}
                    || ' accounts of one directory'
        end as reason
    from measured
    left join generic on split_part(measured.key_value, '@', 1) = generic.identifier
)

select
    key_type,
    key_value,
    reason,
    person_count,
    account_count
from judged
where reason is not null
