-- Grain: one directory whose user names are made of names in a way that is none of the usual ones,
-- learned from the accounts whose person is known: so many letters of the given and so many of the
-- family name, in this order. 99 letters are all.
with keys as (
    select
        account_key,
        key_type,
        key_value
    from {{ ref('int_account_keys') }}
    where claim_role = 'owner' and source_field like 'tag %'
),

-- Who answers for an account is mostly who uses it; whether that holds the user names tell.
linked as (
    select
        account_key,
        person_key
    from {{ ref('int_links_learned') }}
    union
    select
        keys.account_key,
        identifiers.person_key
    from keys
    inner join {{ ref('int_person_identifiers_learned') }} as identifiers
        on keys.key_type = identifiers.key_type and keys.key_value = identifiers.key_value
    where keys.key_type = 'email'
    union
    select
        keys.account_key,
        logins.person_key
    from keys
    inner join {{ ref('int_person_logins_learned') }} as logins on keys.key_value = logins.uid
    where keys.key_type = 'username' and logins.lists_people
),

drawn as (
    select
        profiles.account_key,
        profiles.directory_id,
        profiles.base,
        linked.person_key,
        row_number() over (
            partition by profiles.directory_id
            order by md5(profiles.account_key), linked.person_key
        ) as draw
    from linked
    inner join {{ ref('int_account_profiles') }} as profiles
        on linked.account_key = profiles.account_key
    where
        profiles.base <> ''
        and not profiles.is_number
        and not profiles.is_no_person
        and not profiles.may_be_no_person
),

named as (
    select
        drawn.account_key,
        drawn.directory_id,
        drawn.base,
        names.given,
        names.family,
        case
            when {{ made_of_name('drawn.base', 'names.given', 'names.family') }}
                then drawn.account_key
        end as usual_account_key
    from drawn
    inner join {{ ref('int_person_names_learned') }} as names
        on drawn.person_key = names.person_key
    where names.name_level = 1 and drawn.draw <= {{ threshold('template_sample') }}
),

sampled as (
    select
        directory_id,
        count(distinct account_key) as accounts,
        count(distinct usual_account_key) as usual_accounts
    from named
    group by directory_id
),

given_lengths as (
    select {{ each(split_words("'1 2 3 4 5 99'")) }} as letters
),

family_lengths as (
    select {{ each(split_words("'1 2 3 4 5 6 7 8 99'")) }} as letters
),

templates as (
    select
        cast(given_lengths.letters as integer) as given_letters,
        cast(family_lengths.letters as integer) as family_letters,
        false as is_family_first
    from given_lengths
    cross join family_lengths
    union all
    select
        cast(given_lengths.letters as integer) as given_letters,
        cast(family_lengths.letters as integer) as family_letters,
        true as is_family_first
    from given_lengths
    cross join family_lengths
),

tried as (
    select
        named.directory_id,
        named.account_key,
        named.base,
        templates.given_letters,
        templates.family_letters,
        templates.is_family_first,
        left(named.given, templates.given_letters) as given_part,
        left(named.family, templates.family_letters) as family_part
    from named
    cross join templates
),

counted as (
    select
        directory_id,
        given_letters,
        family_letters,
        is_family_first,
        count(distinct account_key) as fitting_accounts
    from tried
    where
        base = case
            when is_family_first then family_part || given_part
            else given_part || family_part
        end
    group by directory_id, given_letters, family_letters, is_family_first
),

ranked as (
    select
        counted.directory_id,
        counted.given_letters,
        counted.family_letters,
        counted.is_family_first,
        sampled.accounts,
        counted.fitting_accounts,
        row_number() over (
            partition by counted.directory_id
            order by
                counted.fitting_accounts desc,
                counted.given_letters + counted.family_letters asc,
                counted.given_letters asc,
                counted.is_family_first asc
        ) as place
    from counted
    inner join sampled on counted.directory_id = sampled.directory_id
    where
        sampled.accounts >= {{ threshold('habit_sample') }}
        and sampled.usual_accounts < {{ threshold('habit_share') }} * sampled.accounts
        and counted.fitting_accounts >= {{ threshold('habit_share') }} * sampled.accounts
)

select
    directory_id,
    given_letters,
    family_letters,
    is_family_first,
    case
        when is_family_first then 'last' || family_letters || 'first' || given_letters
        else 'first' || given_letters || 'last' || family_letters
    end as pattern,
    accounts,
    fitting_accounts
from ranked
where place = 1
