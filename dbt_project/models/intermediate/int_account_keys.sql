-- Grain: one key of one account: what says whose it is (`self`) or who answers for it (`owner`).
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

tags as (
    select * from {{ ref('int_account_tags_matched') }}
),

listed_accounts as (
    select * from {{ ref('int_accounts_listed') }}
),

alias_emails as (
    select
        account_key,
        {{ each(json_elements('alias_emails')) }} as address
    from listed_accounts
    where alias_emails is not null
),

-- A tag can name several owners; AWS allows no comma in it, other directories may.
owners_told as (
    select
        account_key,
        tag_key,
        tag_value,
        {{ regexp_replace_all('tag_value', '[,;<>| ]+', ' ') }} as words
    from tags
    where meaning = 'owner'
),

owners as (
    select
        account_key,
        tag_key,
        {{ each("split(words, ' ')") }} as word,
        tag_value
    from owners_told
),

stated as (
    select
        account_key,
        'self' as relation,
        'email' as key_type,
        tag_value as raw_value,
        'tag ' || tag_key as source_field
    from tags
    where meaning = 'email'
    union all
    select
        account_key,
        'self' as relation,
        'employee_id' as key_type,
        tag_value as raw_value,
        'tag ' || tag_key as source_field
    from tags
    where meaning = 'employee_id'
    union all
    select
        account_key,
        'self' as relation,
        'email' as key_type,
        username as raw_value,
        'username' as source_field
    from accounts
    where username like '%_@_%'
    union all
    select
        account_key,
        'self' as relation,
        'email' as key_type,
        email as raw_value,
        'email' as source_field
    from listed_accounts
    union all
    select
        account_key,
        'self' as relation,
        'email' as key_type,
        address as raw_value,
        'alias_emails' as source_field
    from alias_emails
    union all
    select
        account_key,
        'self' as relation,
        'employee_id' as key_type,
        employee_id as raw_value,
        'employee_id' as source_field
    from listed_accounts
    union all
    select
        account_key,
        'self' as relation,
        'employee_id' as key_type,
        prior_employee_id as raw_value,
        'prior_employee_id' as source_field
    from listed_accounts
    union all
    select
        account_key,
        'self' as relation,
        'username' as key_type,
        username as raw_value,
        'username' as source_field
    from accounts
    where is_authoritative
    union all
    select
        account_key,
        'owner' as relation,
        'email' as key_type,
        word as raw_value,
        'tag ' || tag_key as source_field
    from owners
    where word like '%_@_%'
    union all
    select
        account_key,
        'owner' as relation,
        'employee_id' as key_type,
        tag_value as raw_value,
        'tag ' || tag_key as source_field
    from tags
    where meaning = 'owner' and tag_value not like '%_@_%'
    union all
    select
        account_key,
        'owner' as relation,
        'username' as key_type,
        tag_value as raw_value,
        'tag ' || tag_key as source_field
    from tags
    where meaning = 'owner' and tag_value not like '%_@_%'
),

normalised as (
    select
        account_key,
        relation,
        key_type,
        case key_type
            when 'email' then {{ email_key('raw_value') }}
            when 'employee_id' then {{ employee_id_key('raw_value') }}
            else {{ username_key('raw_value') }}
        end as key_value,
        raw_value,
        source_field
    from stated
),

-- The same key told twice (a tag and the user name) is one key.
distinct_keys as (
    select
        account_key,
        relation,
        key_type,
        key_value,
        min(raw_value) as raw_value,
        min(source_field) as source_field
    from normalised
    where key_value is not null
    group by account_key, relation, key_type, key_value
)

select
    distinct_keys.account_key,
    accounts.directory_id,
    accounts.is_authoritative,
    distinct_keys.relation,
    distinct_keys.key_type,
    distinct_keys.key_value,
    distinct_keys.raw_value,
    distinct_keys.source_field,
    generic_identifiers.reason as generic_reason
from distinct_keys
inner join accounts on distinct_keys.account_key = accounts.account_key
left join {{ ref('generic_identifiers') }} as generic_identifiers
    on
        distinct_keys.key_type = generic_identifiers.key_type
        and case
            when distinct_keys.key_type = 'email' then split_part(distinct_keys.key_value, '@', 1)
            else distinct_keys.key_value
        end = generic_identifiers.value
