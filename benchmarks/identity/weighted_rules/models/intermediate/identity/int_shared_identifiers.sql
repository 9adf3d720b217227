-- Grain: one identifier that several hold, so that it says little about whose an account is.
with

keys as (
    select *
    from {{ ref('int_account_keys') }}
    where claim_role = 'own'
),

profiles as (
    select *
    from {{ ref('int_account_profiles') }}
),

generic_identifiers as (
    select identifier
    from {{ ref('identity_generic_identifiers') }}
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
    where keys.key_type in ('email', 'employee_id')
),

by_directory as (
    select
        key_type,
        key_value,
        directory_id,
        count(distinct account_key) as accounts,
        count(distinct case when not is_admin_twin and not may_be_no_person then account_key end) as ordinary_accounts,
        max(case when is_authoritative then 1 else 0 end) as in_roster,
        max(case when lists_people and may_be_no_person then 1 else 0 end) as of_no_person
    from holders
    group by key_type, key_value, directory_id
),

by_username as (
    select
        key_type,
        key_value,
        count(distinct core) as usernames
    from holders
    where not is_authoritative and not may_be_no_person
    group by key_type, key_value
),

measured as (
    select
        by_directory.key_type,
        by_directory.key_value,
        sum(by_directory.accounts) as member_count,
        max(by_directory.ordinary_accounts) as most_in_a_directory,
        max(by_directory.in_roster) as in_roster,
        max(by_directory.of_no_person) as of_no_person,
        coalesce(max(by_username.usernames), 0) as usernames
    from by_directory
    left join by_username
        on by_directory.key_type = by_username.key_type and by_directory.key_value = by_username.key_value
    group by by_directory.key_type, by_directory.key_value
),

judged as (
    select
        measured.key_type,
        measured.key_value,
        measured.member_count,
        case
            when measured.in_roster = 0 and measured.key_type = 'email' and generic_identifiers.identifier is not null
                then 'generic address'
            when measured.in_roster = 0 and measured.of_no_person = 1 then 'held by a service or a shared mailbox'
            when measured.usernames > {{ threshold('shared_usernames') }} then 'used under many user names'
            when measured.most_in_a_directory > {{ threshold('shared_accounts') }} then 'many accounts of one directory'
        end as reason
    from measured
    left join generic_identifiers
        on measured.key_type = 'email' and split_part(measured.key_value, '@', 1) = generic_identifiers.identifier
)

select
    key_type,
    key_value,
    member_count,
    reason
from judged
where reason is not null
