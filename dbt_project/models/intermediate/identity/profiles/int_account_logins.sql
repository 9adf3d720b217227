-- Grain: one account. Its user name taken apart: whose it may be, and whether it is an admin's or a
-- contractor's. uid: the user name. core: the same without an affix. base: letters only.
with accounts as (
    select
        account_key,
        username,
        stated_email
    from {{ ref('int_accounts_unioned') }}
),

unroutable as (
    select * from {{ ref('unroutable_domains') }}
),

affixes as (
    select
        affix,
        position,
        separators,
        meaning
    from {{ ref('username_affixes') }}
    union all
    select
        affix,
        position,
        separators,
        meaning
    from {{ ref('int_affixes_learned') }}
),

lowered as (
    select
        account_key,
        lower(trim(regexp_replace({{ composed('username') }}, '^.*[\\]', ''))) as login,
        {{ normalise_email('stated_email') }} as email
    from accounts
),

parted as (
    select
        account_key,
        login,
        split_part(login, '@', 1) as local_part,
        case when login like '%@%' then regexp_replace(login, '^.*[.@]', '') end as top_level,
        split_part(email, '@', 1) as email_local
    from lowered
),

-- An address as user name is an e-mail address, unless its domain leads nowhere: then it is a user
-- name with a realm.
stems as (
    select
        parted.account_key,
        case
            when parted.login not like '%@%' then parted.login
            when unroutable.top_level is not null then parted.local_part
        end as uid,
        nullif(parted.local_part, '') as stem,
        parted.email_local
    from parted
    left join unroutable on parted.top_level = unroutable.top_level
),

affixed as (
    select
        account_key,
        uid,
        stem,
        email_local,
        regexp_extract(stem, '^([a-z0-9]+)[-_.]', 1) as prefix,
        regexp_extract(stem, '^[a-z0-9]+([-_.])', 1) as prefix_separator,
        regexp_extract(stem, '[-_.]([a-z0-9]+)$', 1) as suffix,
        regexp_extract(stem, '([-_.])[a-z0-9]+$', 1) as suffix_separator
    from stems
),

matched as (
    select
        affixed.account_key,
        affixed.uid,
        affixed.stem,
        affixed.email_local,
        length(affixed.stem) as stem_length,
        length(affixed.prefix) as prefix_length,
        length(affixed.suffix) as suffix_length,
        case when instr(prefixes.separators, affixed.prefix_separator) > 0 then prefixes.meaning end
            as prefix_meaning,
        case when instr(suffixes.separators, affixed.suffix_separator) > 0 then suffixes.meaning end
            as suffix_meaning
    from affixed
    left join affixes as prefixes
        on affixed.prefix = prefixes.affix and prefixes.position = 'prefix'
    left join affixes as suffixes
        on affixed.suffix = suffixes.affix and suffixes.position = 'suffix'
),

stripped as (
    select
        account_key,
        uid,
        stem,
        email_local,
        case
            when
                prefix_meaning is not null
                and suffix_meaning is not null
                and stem_length > prefix_length + suffix_length + 3
                then substr(
                        stem,
                        prefix_length + 2,
                        stem_length - prefix_length - suffix_length - 2
                    )
            when prefix_meaning is not null then substr(stem, prefix_length + 2)
            when suffix_meaning is not null
                then substr(stem, 1, stem_length - suffix_length - 1)
            else stem
        end as core,
        coalesce(prefix_meaning = 'admin', false) or coalesce(suffix_meaning = 'admin', false)
            as has_admin_affix,
        coalesce(prefix_meaning = 'contractor', false)
        or coalesce(suffix_meaning = 'contractor', false) as has_contractor_affix
    from matched
),

-- An affix without a separator counts only where what is left is somebody's user name.
glued_cores as (
    select
        stripped.account_key,
        case affixes.position
            when 'glued_prefix' then substr(stripped.stem, length(affixes.affix) + 1)
            else substr(stripped.stem, 1, length(stripped.stem) - length(affixes.affix))
        end as glued_core
    from stripped
    cross join affixes
    where
        not stripped.has_admin_affix
        and length(stripped.stem) >= length(affixes.affix) + 3
        and (
            (
                affixes.position = 'glued_prefix'
                and left(stripped.stem, length(affixes.affix)) = affixes.affix
            )
            or (
                affixes.position = 'glued_suffix'
                and right(stripped.stem, length(affixes.affix)) = affixes.affix
            )
        )
),

user_names as (
    select distinct coalesce(uid, stem) as user_name
    from stripped
),

glued as (
    select
        glued_cores.account_key,
        max(glued_cores.glued_core) as glued_core
    from glued_cores
    inner join user_names on glued_cores.glued_core = user_names.user_name
    group by glued_cores.account_key
),

bases as (
    select
        stripped.account_key,
        stripped.uid,
        coalesce(glued.glued_core, stripped.core) as core,
        stripped.has_admin_affix or glued.glued_core is not null as has_admin_affix,
        stripped.has_contractor_affix,
        {{ letters_and_digits(fold('coalesce(glued.glued_core, stripped.core)')) }} as plain_core,
        {{ letters_and_digits(fold('stripped.email_local')) }} as plain_email_local
    from stripped
    left join glued on stripped.account_key = glued.account_key
)

-- is_number: the user name says a number, not a name.
select
    account_key,
    uid,
    core,
    has_admin_affix,
    has_contractor_affix,
    regexp_replace(plain_core, '[0-9]+$', '') as base,
    {{ regexp_matches('plain_core', '[0-9][0-9][0-9]') }} as is_number,
    regexp_replace(plain_email_local, '[0-9]+$', '') as email_base
from bases
