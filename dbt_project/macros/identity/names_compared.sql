{#-
    How well an account's names fit a person's, for each of `pairs` (account_key, person_key). `fit` is
    agree, partial, unknown, names_conflict or username_conflict; the last needs a user name that is made of somebody else's name.
-#}
{% macro pair_fit(pairs, person_names, person_usernames) -%}
profiles as (
    select *
    from {{ ref('int_account_profiles') }}
),

-- apart and distinct, so that no engine joins by name first: the same name at many accounts and of many persons
pair_names as (
    select distinct
        pairs.account_key,
        pairs.person_key,
        names.name_key
    from {{ pairs }} as pairs
    inner join {{ ref('int_account_names') }} as names
        on pairs.account_key = names.account_key and names.claim_role = 'own'
),

exact_names as (
    select distinct
        pair_names.account_key,
        pair_names.person_key
    from pair_names
    inner join {{ person_names }} as person_names
        on pair_names.person_key = person_names.person_key and pair_names.name_key = person_names.name_key
),

unequal_pairs as (
    select
        pairs.account_key,
        pairs.person_key,
        profiles.given,
        profiles.family,
        profiles.base,
        profiles.is_number
    from {{ pairs }} as pairs
    inner join profiles on pairs.account_key = profiles.account_key
    left join exact_names
        on pairs.account_key = exact_names.account_key and pairs.person_key = exact_names.person_key
    where exact_names.account_key is null
),

compared_names as (
    select
        unequal_pairs.account_key,
        unequal_pairs.person_key,
        max(greatest(
            least({{ similarity('unequal_pairs.given', 'names.given') }}, {{ similarity('unequal_pairs.family', 'names.family') }}),
            least({{ similarity('unequal_pairs.given', 'names.family') }}, {{ similarity('unequal_pairs.family', 'names.given') }})
        )) as both_alike,
        max(greatest(
            {{ similarity('unequal_pairs.family', 'names.family') }},
            {{ similarity('unequal_pairs.given', 'names.given') }},
            {{ similarity('unequal_pairs.given', 'names.family') }},
            {{ similarity('unequal_pairs.family', 'names.given') }}
        )) as one_alike,
        max({{ similarity('unequal_pairs.given', 'names.given') }}) as given_alike
    from unequal_pairs
    inner join {{ person_names }} as names on unequal_pairs.person_key = names.person_key
    where unequal_pairs.given is not null
    group by unequal_pairs.account_key, unequal_pairs.person_key
),

made_usernames as (
    select distinct
        unequal_pairs.account_key,
        unequal_pairs.person_key
    from unequal_pairs
    inner join {{ person_usernames }} as usernames
        on unequal_pairs.person_key = usernames.person_key and unequal_pairs.base = usernames.username
    where usernames.pattern not in ('first', 'last')
),

-- whether those whom the directories of people know by this user name have the person's name
named_bearers as (
    select
        unequal_pairs.account_key,
        unequal_pairs.person_key,
        max(case when bearers.name_key is not null then 1 else 0 end) as is_person
    from unequal_pairs
    inner join (select distinct base from {{ ref('int_name_bearers') }}) as borne on unequal_pairs.base = borne.base
    left join {{ person_names }} as names on unequal_pairs.person_key = names.person_key
    left join {{ ref('int_name_bearers') }} as bearers
        on unequal_pairs.base = bearers.base and names.name_key = bearers.name_key
    where unequal_pairs.given is null
    group by unequal_pairs.account_key, unequal_pairs.person_key
),

-- both sides distinct: what many accounts are called, many names make
unequal_bases as (
    select distinct base
    from unequal_pairs
),

full_usernames as (
    select distinct username
    from {{ person_usernames }}
    where pattern not in ('first', 'last')
),

usernames_of_somebody as (
    select unequal_bases.base
    from unequal_bases
    inner join full_usernames on unequal_bases.base = full_usernames.username
),

contained_names as (
    select distinct
        unequal_pairs.account_key,
        unequal_pairs.person_key
    from unequal_pairs
    inner join {{ person_names }} as names on unequal_pairs.person_key = names.person_key
    where (length(names.family) > 3 and instr(unequal_pairs.base, names.family) > 0)
        or (length(names.given) > 3 and instr(unequal_pairs.base, names.given) > 0)
        or {{ similarity('unequal_pairs.base', 'names.given || names.family') }} > 0.93
        or {{ similarity('unequal_pairs.base', 'left(names.given, 1) || names.family') }} > 0.93
),

fits as (
    select
        pairs.account_key,
        pairs.person_key,
        case
            when exact_names.account_key is not null then 'agree'
            when compared_names.both_alike >= 0.88 then 'agree'
            when compared_names.account_key is null and made_usernames.account_key is not null then 'agree'
            when compared_names.one_alike >= 0.88 or made_usernames.account_key is not null then 'partial'
            when compared_names.account_key is not null then 'names_conflict'
            when named_bearers.is_person = 1 then 'agree'
            when contained_names.account_key is not null then 'partial'
            when named_bearers.is_person = 0 or usernames_of_somebody.base is not null then 'username_conflict'
            else 'unknown'
        end as fit,
        exact_names.account_key is null
        and compared_names.one_alike >= 0.88 and compared_names.given_alike < 0.75 as given_differs
    from {{ pairs }} as pairs
    left join exact_names
        on pairs.account_key = exact_names.account_key and pairs.person_key = exact_names.person_key
    left join unequal_pairs
        on pairs.account_key = unequal_pairs.account_key and pairs.person_key = unequal_pairs.person_key
    left join compared_names
        on pairs.account_key = compared_names.account_key and pairs.person_key = compared_names.person_key
    left join made_usernames
        on pairs.account_key = made_usernames.account_key and pairs.person_key = made_usernames.person_key
    left join contained_names
        on pairs.account_key = contained_names.account_key and pairs.person_key = contained_names.person_key
    left join named_bearers
        on pairs.account_key = named_bearers.account_key and pairs.person_key = named_bearers.person_key
    left join usernames_of_somebody
        on unequal_pairs.base = usernames_of_somebody.base
)
{%- endmacro %}
