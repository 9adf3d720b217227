-- Grain: one prefix or suffix that this company puts on user names: what is left without it is
-- nearly always the user name of somebody, or made of somebody's name. An admin's where the account
-- without it stands beside it in the same directory.
with accounts as (
    select
        account_key,
        directory_id,
        is_authoritative,
        is_authoritative or (given_name <> '' and family_name <> '') as is_named,
        split_part(
            lower(trim(regexp_replace({{ composed('username') }}, '^.*[\\]', ''))), '@', 1
        ) as stem,
        split_part({{ normalise_email('stated_email') }}, '@', 1) as email_local
    from {{ ref('int_accounts_unioned') }}
),

usual as (
    select distinct
        position,
        affix
    from {{ ref('username_affixes') }}
),

affixed as (
    select
        directory_id,
        'prefix' as position,
        regexp_extract(stem, '^([a-z0-9]+)[-_.]', 1) as affix,
        regexp_extract(stem, '^[a-z0-9]+([-_.])', 1) as separator,
        regexp_replace(stem, '^[a-z0-9]+[-_.]', '') as rest
    from accounts
    where {{ regexp_matches('stem', '^[a-z0-9]+[-_.]...') }}
    union all
    select
        directory_id,
        'suffix' as position,
        regexp_extract(stem, '[-_.]([a-z0-9]+)$', 1) as affix,
        regexp_extract(stem, '([-_.])[a-z0-9]+$', 1) as separator,
        regexp_replace(stem, '[-_.][a-z0-9]+$', '') as rest
    from accounts
    where {{ regexp_matches('stem', '...[-_.][a-z0-9]+$') }}
),

names as (
    select
        names.account_key,
        names.given,
        names.family,
        names.name_key,
        accounts.is_authoritative
    from {{ ref('int_account_names') }} as names
    inner join accounts on names.account_key = accounts.account_key
    where names.claim_role = 'own' and names.is_whole
),

-- What is a name of somebody is no affix.
name_words as (
    select given as word
    from names
    where is_authoritative
    union
    select family as word
    from names
    where is_authoritative
),

frequent as (
    select
        affixed.position,
        affixed.affix
    from affixed
    left join usual on affixed.position = usual.position and affixed.affix = usual.affix
    left join name_words on affixed.affix = name_words.word
    where usual.affix is null and name_words.word is null and length(affixed.affix) <= 8
    group by affixed.position, affixed.affix
    having count(distinct affixed.rest) >= {{ threshold('affix_sample') }}
),

rests as (
    select
        affixed.directory_id,
        affixed.position,
        affixed.affix,
        affixed.separator,
        affixed.rest,
        {{ regexp_replace_all('affixed.rest', '[^a-z]+', '') }} as plain_rest
    from affixed
    inner join frequent
        on affixed.position = frequent.position and affixed.affix = frequent.affix
),

roster_names as (
    select distinct name_key
    from names
    where is_authoritative
),

-- Accounts of people: where an export has one name to show, it is that of somebody in a roster.
people_accounts as (
    select account_key
    from accounts
    where is_named
    union
    select names.account_key
    from names
    inner join roster_names on names.name_key = roster_names.name_key
),

known as (
    select accounts.stem as user_name
    from accounts
    inner join people_accounts on accounts.account_key = people_accounts.account_key
    where length(accounts.stem) > 2
    union
    select accounts.email_local as user_name
    from accounts
    inner join people_accounts on accounts.account_key = people_accounts.account_key
    where length(accounts.email_local) > 2
),

made as (
    select left(given, 1) || family as user_name
    from names
    where length(family) > 2
    union
    select given || family as user_name
    from names
    union
    select family || given as user_name
    from names
),

places as (
    select distinct
        directory_id,
        stem
    from accounts
),

judged as (
    select
        rests.position,
        rests.affix,
        {{ list_text('rests.separator', '') }} as separators,
        count(distinct rests.rest) as user_names,
        count(
            distinct case
                when known.user_name is not null or made.user_name is not null then rests.rest
            end
        ) as known_user_names,
        count(distinct case when places.stem is not null then rests.rest end) as twins
    from rests
    left join known on rests.rest = known.user_name
    left join made on rests.plain_rest = made.user_name
    left join places on rests.directory_id = places.directory_id and rests.rest = places.stem
    group by rests.position, rests.affix
)

select
    position,
    affix,
    separators,
    case when twins >= 0.5 * user_names then 'admin' else 'environment' end as meaning,
    user_names,
    known_user_names
from judged
where known_user_names >= {{ threshold('affix_share') }} * user_names
