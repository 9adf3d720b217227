-- Grain: one tag of an IAM user, or one further attribute of another account, with its value.
-- attribute: the name without case; prior_name: the name as the word list has it.
with users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

listed_accounts as (
    select * from {{ ref('int_accounts_listed') }}
),

entries as (
    select
        account_key,
        directory_id,
        'tag' as source_kind,
        {{ each(json_entries('tags')) }} as entry
    from users
    where tags is not null and tags <> '{}'
    union all
    select
        account_key,
        directory_id,
        'attribute' as source_kind,
        {{ each(json_entries('attributes')) }} as entry
    from listed_accounts
    where attributes is not null and attributes <> '{}'
),

present as (
    select
        account_key,
        directory_id,
        source_kind,
        entry.key as attribute_key,  -- noqa: RF03
        trim({{ composed('entry.value') }}) as attribute_value
    from entries
)

select
    account_key,
    directory_id,
    source_kind,
    attribute_key,
    lower({{ composed('attribute_key') }}) as attribute,
    attribute_value,
    source_kind || ' ' || attribute_key as source_field
from present
where attribute_value <> ''
