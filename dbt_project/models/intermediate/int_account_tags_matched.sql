-- Grain: one tag of an IAM user whose key has a meaning to us (seed tag_meanings), with its value.
with users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

tag_meanings as (
    select * from {{ ref('tag_meanings') }}
),

entries as (
    select
        account_key,
        {{ each(json_entries('tags')) }} as entry
    from users
    where tags is not null
),

tags as (
    select
        account_key,
        entry.key as tag_key,  -- noqa: RF03
        trim({{ composed('entry.value') }}) as tag_value,
        {{ regexp_replace_all('lower(entry.key)', '[^a-z0-9]', '') }} as plain_key
    from entries
)

select
    tags.account_key,
    tag_meanings.meaning,
    tags.tag_key,
    tags.tag_value,
    row_number() over (
        partition by tags.account_key, tag_meanings.meaning
        order by tag_meanings.rank, tags.tag_key
    ) as preference
from tags
inner join tag_meanings on tags.plain_key = tag_meanings.tag_key
where tags.tag_value <> ''
