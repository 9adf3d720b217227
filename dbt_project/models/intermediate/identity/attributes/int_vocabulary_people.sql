-- Grain: one account outside the rosters that is a person's beyond doubt, before any attribute has
-- a meaning: one of its values means a person whom its user name fits, or its user name is made of
-- the name of a person, or holds a given name and a family name.
with accounts as (
    select * from {{ ref('int_vocabulary_accounts') }}
    where not is_authoritative
),

person_names as (
    select distinct
        accounts.given,
        accounts.family
    from {{ ref('int_vocabulary_persons') }} as persons
    inner join {{ ref('int_vocabulary_accounts') }} as accounts
        on persons.account_key = accounts.account_key
    where length(accounts.given) > 1 and length(accounts.family) > 1
),

made as (
    select left(given, 1) || family as base
    from person_names
    where length(family) > 3
    union
    select given || family as base
    from person_names
    union
    select family || given as base
    from person_names
),

words as (
    select
        account_key,
        {{ each(split_words('login_words')) }} as word
    from accounts
    where login_words like '% %'
),

given_names as (
    select distinct given as word
    from person_names
    where length(given) > 2
),

family_names as (
    select distinct family as word
    from person_names
    where length(family) > 2
),

named as (
    select
        words.account_key,
        count(given_names.word) as given_count,
        count(family_names.word) as family_count,
        count(coalesce(given_names.word, family_names.word)) as name_count
    from words
    left join given_names on words.word = given_names.word
    left join family_names on words.word = family_names.word
    group by words.account_key
)

select account_key
from {{ ref('int_vocabulary_fits') }}
union
select accounts.account_key
from accounts
inner join made on accounts.base = made.base
union
select account_key
from named
where given_count > 0 and family_count > 0 and name_count > 1
