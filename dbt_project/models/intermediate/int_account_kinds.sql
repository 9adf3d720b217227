-- Grain: one account; what it is, by positive evidence only, and the rule that said so. Unsure is
-- unknown.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

words as (
    select * from {{ ref('account_kind_words') }}
),

activity as (
    select * from {{ ref('int_account_activity') }}
),

keys as (
    select * from {{ ref('int_account_keys') }}
    where relation = 'self'
),

stated as (
    select
        account_key,
        stated_kind,
        {{ regexp_replace_all('lower(stated_kind)', '[^a-z0-9]', '') }} as word
    from accounts
    where stated_kind is not null
),

path_segments as (
    select
        account_key,
        path,
        {{ each("split(lower(path), '/')") }} as segment
    from accounts
    where path is not null and path <> '/'
),

paths as (
    select
        account_key,
        path,
        {{ regexp_replace_all('segment', '[^a-z0-9]', '') }} as word
    from path_segments
    where segment <> ''
),

-- Token by token, never inside one: Abbott is no bot. Break glass is one word however it is
-- spelled.
name_texts as (
    select
        account_key,
        username,
        replace(
            ' ' || trim({{ regexp_replace_all(
                'lower(' ~ split_camel_case("case when username like '%_@_%' then split_part(username, '@', 1) else username end") ~ ')',
                '[^\\p{L}]+', ' '
            ) }}) || ' ',
            ' break glass ', ' breakglass '
        ) as tokens_text
    from accounts
),

names as (
    select
        account_key,
        username,
        {{ each("split(trim(tokens_text), ' ')") }} as word
    from name_texts
),

person_keys as (
    select distinct account_key
    from keys
    where key_type in ('email', 'employee_id') and generic_reason is null
),

generic_names as (
    select accounts.account_key
    from accounts
    inner join {{ ref('generic_identifiers') }} as generic_identifiers
        on
            generic_identifiers.key_type = 'email'
            and split_part(lower(accounts.username), '@', 1) = generic_identifiers.value
),

evidence as (
    select
        account_key,
        0 as rank,
        'human' as account_kind,
        'roster: a row of an authoritative directory is a person' as kind_rule
    from accounts
    where is_authoritative
    union all
    select
        stated.account_key,
        1 as rank,
        words.account_kind,
        'stated: ' || stated.stated_kind as kind_rule
    from stated
    inner join words on stated.word = words.word and words.evidence = 'tag'
    union all
    select
        paths.account_key,
        2 as rank,
        words.account_kind,
        'path: ' || paths.path as kind_rule
    from paths
    inner join words on paths.word = words.word and words.evidence = 'path'
    union all
    select
        names.account_key,
        case
            when words.account_kind = 'break_glass' then 3
            when not words.is_also_a_name then 4
            else 8
        end as rank,
        words.account_kind,
        'name: ' || words.word as kind_rule
    from names
    inner join words on names.word = words.word and words.evidence = 'name'
    union all
    select
        account_key,
        5 as rank,
        'human' as account_kind,
        'person key: an e-mail address or employee id' as kind_rule
    from person_keys
    union all
    select
        account_key,
        6 as rank,
        'shared' as account_kind,
        'generic name' as kind_rule
    from generic_names
    union all
    select
        account_key,
        7 as rank,
        'human' as account_kind,
        'console password: programs have none' as kind_rule
    from activity
    where has_console_password
    union all
    select
        account_key,
        9 as rank,
        'service' as account_kind,
        'access keys only: no console password, no e-mail address, no employee id' as kind_rule
    from activity
    where key_count > 0 and not has_console_password
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_key order by rank, account_kind, kind_rule
        ) as preference
    from evidence
)

select
    accounts.account_key,
    accounts.directory_id,
    coalesce(ranked.account_kind, 'unknown') as account_kind,
    ranked.kind_rule,
    coalesce(ranked.account_kind, 'unknown') in ('human', 'unknown') as may_be_a_person,
    regexp_replace(name_texts.tokens_text, ' (adm|admin|administrator|priv|privileged) ', ' ')
    <> name_texts.tokens_text as is_named_admin
from accounts
inner join name_texts on accounts.account_key = name_texts.account_key
left join ranked on accounts.account_key = ranked.account_key and ranked.preference = 1
