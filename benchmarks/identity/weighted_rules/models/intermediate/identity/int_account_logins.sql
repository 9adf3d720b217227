-- Grain: one account. Its user name taken apart: whose it may be, and whether it is an admin's or a contractor's.
with

accounts as (
    select account_key, username, email
    from {{ ref('int_accounts_unioned') }}
),

unroutable as (
    select top_level
    from {{ ref('identity_unroutable_domains') }}
),

lowered as (
    select
        account_key,
        lower(trim(regexp_replace(username, '^.*[\\]', ''))) as login,
        {{ normalise_email('email') }} as email
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

-- an address as user name is an e-mail, unless its domain leads nowhere: then it is a user name with a realm
routed as (
    select
        parted.account_key,
        parted.login,
        case
            when parted.login not like '%@%' then parted.login
            when unroutable.top_level is not null then parted.local_part
        end as uid,
        parted.local_part,
        parted.email_local
    from parted
    left join unroutable on parted.top_level = unroutable.top_level
),

stems as (
    select
        account_key,
        uid,
        nullif(local_part, '') as stem,
        email_local
    from routed
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

stripped as (
    select
        affixed.account_key,
        affixed.uid,
        affixed.stem,
        affixed.email_local,
        case
            when prefixes.affix is not null and suffixes.affix is not null
                and length(affixed.stem) > length(affixed.prefix) + length(affixed.suffix) + 3
                then substr(affixed.stem, length(affixed.prefix) + 2, length(affixed.stem) - length(affixed.prefix) - length(affixed.suffix) - 2)
            when prefixes.affix is not null
                then substr(affixed.stem, length(affixed.prefix) + 2)
            when suffixes.affix is not null
                then substr(affixed.stem, 1, length(affixed.stem) - length(affixed.suffix) - 1)
            else affixed.stem
        end as core,
        coalesce(prefixes.meaning = 'admin' or suffixes.meaning = 'admin', false) as has_admin_affix,
        coalesce(prefixes.meaning = 'contractor' or suffixes.meaning = 'contractor', false) as has_contractor_affix
    from affixed
    left join {{ ref('identity_affixes') }} as prefixes
        on prefixes.position = 'prefix' and affixed.prefix = prefixes.affix
        and instr(prefixes.separators, affixed.prefix_separator) > 0
    left join {{ ref('identity_affixes') }} as suffixes
        on suffixes.position = 'suffix' and affixed.suffix = suffixes.affix
        and instr(suffixes.separators, affixed.suffix_separator) > 0
),

-- an affix without a separator counts only where what is left is somebody's user name
glued_cores as (
    select
        stripped.account_key,
        stripped.stem,
        affixes.meaning,
        (case
            when affixes.position = 'glued_prefix' then substr(stripped.stem, length(affixes.affix) + 1)
            else substr(stripped.stem, 1, length(stripped.stem) - length(affixes.affix))
        end) as glued_core
    from stripped
    inner join {{ ref('identity_affixes') }} as affixes
        on (affixes.position = 'glued_prefix' and left(stripped.stem, length(affixes.affix)) = affixes.affix)
        or (affixes.position = 'glued_suffix' and right(stripped.stem, length(affixes.affix)) = affixes.affix)
    where not stripped.has_admin_affix
        and length(stripped.stem) >= length(affixes.affix) + 3
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
        {{ regexp_replace_all(fold("coalesce(glued.glued_core, stripped.core)"), '[^a-z0-9]+', '') }} as plain_core,
        {{ regexp_replace_all(fold("stripped.email_local"), '[^a-z0-9]+', '') }} as plain_email_local
    from stripped
    left join glued on stripped.account_key = glued.account_key
)

select
    account_key,
    uid,
    core,
    has_admin_affix,
    has_contractor_affix,
    regexp_replace(plain_core, '[0-9]+$', '') as base,
    plain_core <> regexp_replace(plain_core, '[0-9]+$', '') as is_numbered,
    -- a user name that says a number, not a name
    {{ regexp_matches('plain_core', '[0-9][0-9][0-9]') }} as is_number,
    regexp_replace(plain_email_local, '[0-9]+$', '') as email_base
from bases
