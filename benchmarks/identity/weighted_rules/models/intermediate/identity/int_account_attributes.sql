-- Grain: one tag or further attribute of an account whose name says what it means.
with

accounts as (
    select account_key, tags, attributes
    from {{ ref('int_accounts_unioned') }}
),

entries as (
    select account_key, 'tag' as source_kind, {{ each(json_entries('tags')) }} as entry
    from accounts
    where tags is not null
    union all
    select account_key, 'attribute' as source_kind, {{ each(json_entries('attributes')) }} as entry
    from accounts
    where attributes is not null
),

named as (
    select
        account_key,
        entry.value as entry_value,
        source_kind || ':' || entry.key as source_field,
        {{ regexp_replace_all("lower(regexp_replace(entry.key, '^.*[:/]', ''))", '[^a-z0-9]+', '') }} as plain_name,
        {{ regexp_replace_all("lower(entry.key)", '[^a-z0-9]+', '') }} as whole_name
    from entries
    where trim(entry.value) <> ''
)

select
    named.account_key,
    named.source_field,
    names.meaning,
    trim(named.entry_value) as attribute_value
from named
inner join {{ ref('identity_attribute_names') }} as names on named.plain_name = names.name
union all
select
    named.account_key,
    named.source_field,
    names.meaning,
    trim(named.entry_value) as attribute_value
from named
inner join {{ ref('identity_attribute_names') }} as names on named.whole_name = names.name
where named.plain_name <> named.whole_name
