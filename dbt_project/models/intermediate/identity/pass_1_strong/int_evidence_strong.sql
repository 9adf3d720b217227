-- Grain: one piece of strong evidence for or against an account being a person's of the roster.
with profiles_compared as (
    select *
    from {{ ref('int_account_profiles') }}
    where not is_authoritative and not is_no_person
),

own_keys as (
    select
        keys.account_key,
        keys.claim_role,
        keys.key_type,
        keys.key_value,
        keys.source_field
    from {{ ref('int_account_keys') }} as keys
    inner join profiles_compared on keys.account_key = profiles_compared.account_key
    where keys.claim_role in ('own', 'owner')
),

holders as (
    select
        key_type,
        key_value,
        count(*) as persons
    from {{ ref('int_person_keys_rostered') }}
    group by key_type, key_value
),

-- A key too many people have is not compared: it is left out before anything is joined to it.
crowded as (
    select
        key_type,
        key_value
    from holders
    where persons > {{ threshold('block_limit') }}
),

person_keys as (
    select keys.*
    from {{ ref('int_person_keys_rostered') }} as keys
    left join crowded on keys.key_type = crowded.key_type and keys.key_value = crowded.key_value
    where crowded.key_value is null
),

shared as (
    select
        key_type,
        key_value
    from {{ ref('int_shared_identifiers') }}
),

direct as (
    select
        own_keys.account_key,
        person_keys.person_key,
        case
            when own_keys.claim_role = 'owner' then 'owner_tag'
            when own_keys.key_type = 'username' then 'corporate_username'
            else own_keys.key_type
        end as rule,
        own_keys.source_field,
        own_keys.key_value as left_value,
        person_keys.key_value as right_value,
        shared.key_value is not null as is_shared
    from own_keys
    inner join person_keys
        on own_keys.key_type = person_keys.key_type and own_keys.key_value = person_keys.key_value
    left join shared
        on own_keys.key_type = shared.key_type and own_keys.key_value = shared.key_value
),

-- the number without its letters, where the number as it stands is nobody's
own_digits as (
    select
        own_keys.account_key,
        own_keys.source_field,
        own_keys.key_value,
        nullif(ltrim({{ regexp_replace_all('own_keys.key_value', '[^0-9]', '') }}, '0'), '')
            as digits
    from own_keys
    left join holders
        on own_keys.key_type = holders.key_type and own_keys.key_value = holders.key_value
    where own_keys.claim_role = 'own'
        and own_keys.key_type = 'employee_id'
        and holders.key_value is null
),

by_digits as (
    select
        own_digits.account_key,
        person_keys.person_key,
        'employee_digits' as rule,
        own_digits.source_field,
        own_digits.key_value as left_value,
        person_keys.key_value as right_value,
        false as is_shared
    from own_digits
    inner join person_keys
        on person_keys.key_type = 'employee_digits' and own_digits.digits = person_keys.key_value
    inner join holders
        on person_keys.key_type = holders.key_type and person_keys.key_value = holders.key_value
    where holders.persons = 1
),

-- an address that the account carries with an affix before or after the person's
by_email_core as (
    select
        own_keys.account_key,
        person_keys.person_key,
        'email_core' as rule,
        own_keys.source_field,
        own_keys.key_value as left_value,
        person_keys.key_value as right_value,
        false as is_shared
    from own_keys
    inner join profiles_compared on own_keys.account_key = profiles_compared.account_key
    inner join person_keys
        on person_keys.key_type = 'email'
            and person_keys.key_value
            = profiles_compared.core || '@' || split_part(own_keys.key_value, '@', 2)
    where own_keys.claim_role = 'own' and own_keys.key_type = 'email'
        and profiles_compared.is_admin_twin
        and person_keys.key_value <> own_keys.key_value
),

matches as (
    select * from direct
    union all
    select * from by_digits
    union all
    select * from by_email_core
),

pairs as (
    select distinct
        account_key,
        person_key
    from matches
),

{{ pair_fit('pairs', ref('int_person_names_rostered'), ref('int_person_usernames_rostered')) }},

positive as (
    select
        matches.account_key,
        matches.person_key,
        matches.rule,
        matches.left_value,
        matches.right_value
    from matches
    inner join fits
        on matches.account_key = fits.account_key and matches.person_key = fits.person_key
    where fits.fit = 'agree'
        or (matches.rule not in ('owner_tag', 'corporate_username') and not matches.is_shared)
),

agreeing as (
    select
        fits.account_key,
        fits.person_key,
        case when fits.fit = 'agree' then 'names_agree' else fits.fit end as rule,
        coalesce(profiles.given || ' ' || profiles.family, profiles.uid, profiles.base)
            as left_value,
        persons.given_name || ' ' || persons.family_name as right_value
    from fits
    inner join profiles on fits.account_key = profiles.account_key
    inner join {{ ref('int_persons_rostered') }} as persons on fits.person_key = persons.person_key
    where fits.fit in ('agree', 'names_conflict', 'username_conflict')
),

doubtful as (
    select
        fits.account_key,
        fits.person_key,
        'looks_like_no_person' as rule,
        profiles.uid as left_value,
        cast(null as varchar) as right_value
    from fits
    inner join profiles on fits.account_key = profiles.account_key
    where profiles.may_be_no_person and fits.fit <> 'agree'
),

-- dates decide between candidates only where they agree with what is certain anyway
single as (
    select
        account_key,
        min(person_key) as person_key
    from fits
    group by account_key
    having count(*) = 1 and max(fit) = 'agree' and min(fit) = 'agree'
),

dated as (
    select
        profiles.directory_id,
        avg(case
            when profiles.created_at >= {{ days_before('persons.first_hired_on', 30) }}
                and profiles.created_at <= coalesce(persons.last_terminated_on, profiles.created_at)
                then 1.0
            else 0.0
        end) as share_inside
    from single
    inner join profiles on single.account_key = profiles.account_key
    inner join {{ ref('int_persons_rostered') }} as persons
        on single.person_key = persons.person_key
    where profiles.created_at is not null and persons.first_hired_on is not null
    group by profiles.directory_id
),

rivals as (
    select
        fits.account_key,
        fits.person_key
    from fits
    left join single on fits.account_key = single.account_key
    where single.account_key is null
),

outside as (
    select
        rivals.account_key,
        rivals.person_key,
        'outside_employment' as rule,
        cast(profiles.created_at as varchar) as left_value,
        cast(persons.first_hired_on as varchar) as right_value
    from rivals
    inner join profiles on rivals.account_key = profiles.account_key
    inner join dated on profiles.directory_id = dated.directory_id
    inner join {{ ref('int_persons_rostered') }} as persons
        on rivals.person_key = persons.person_key
    where
        dated.share_inside >= {{ threshold('dates_reliable') }}
        and (
            profiles.created_at < {{ days_before('persons.first_hired_on', 30) }}
            or profiles.created_at > persons.last_terminated_on
        )
),

gathered as (
    select * from positive
    union all
    select * from agreeing
    union all
    select * from doubtful
    union all
    select * from outside
)

-- Where a person has decided, nothing else is evidence.
select distinct
    gathered.account_key,
    gathered.person_key,
    gathered.rule,
    rules.family,
    rules.weight,
    gathered.left_value,
    gathered.right_value
from gathered
inner join {{ ref('int_match_rules') }} as rules on gathered.rule = rules.rule and rules.enabled
left join {{ ref('int_person_unlinks') }} as refused
    on gathered.account_key = refused.account_key and gathered.person_key = refused.person_key
where refused.account_key is null
