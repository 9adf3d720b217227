-- Grain: one tag of an IAM user, or one further attribute of another account, whose name means
-- something to us (seed attribute_meanings), with its value.
with users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

listed_accounts as (
    select * from {{ ref('int_accounts_listed') }}
),

meanings as (
    select * from {{ ref('attribute_meanings') }}
),

entries as (
    select
        account_key,
        'tag' as source_kind,
        {{ each(json_entries('tags')) }} as entry
    from users
    where tags is not null
    union all
    select
        account_key,
        'attribute' as source_kind,
        {{ each(json_entries('attributes')) }} as entry
    from listed_accounts
    where attributes is not null and attributes <> '{}'
),

-- `corp:owner` is an owner, and so is `corp-owner` where that is one of the names.
named as (
    select
        account_key,
        source_kind || ' ' || entry.key as source_field,  -- noqa: RF03
        entry.value as attribute_value,
        {{ letters_and_digits("lower(regexp_replace(entry.key, '^.*[:/]', ''))") }}
            as attribute_name
    from entries
    union
    select
        account_key,
        source_kind || ' ' || entry.key as source_field,  -- noqa: RF03
        entry.value as attribute_value,
        {{ letters_and_digits('lower(entry.key)') }} as attribute_name
    from entries
    where entry.key like '%:%' or entry.key like '%/%'
),

told as (
    select
        named.account_key,
        named.source_field,
        meanings.meaning,
        meanings.rank,
        trim({{ composed('named.attribute_value') }}) as attribute_value
    from named
    inner join meanings on named.attribute_name = meanings.attribute_name
)

select
    account_key,
    source_field,
    meaning,
    attribute_value,
    row_number() over (partition by account_key, meaning order by rank, source_field) as preference
from told
where attribute_value <> ''
