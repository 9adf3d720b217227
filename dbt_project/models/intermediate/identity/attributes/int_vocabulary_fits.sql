-- Grain: one account outside the rosters and one person that one of its values means and that its
-- user name fits: it is the person's user name, or holds a part of the person's name.
with accounts as (
    select * from {{ ref('int_vocabulary_accounts') }}
    where not is_authoritative
),

meant as (
    select
        listed.account_key,
        resolved.person
    from {{ ref('int_attributes_listed') }} as listed
    inner join {{ ref('int_vocabulary_values') }} as resolved
        on listed.attribute_value = resolved.attribute_value
    union
    -- What its own columns mean, and its user name itself.
    select
        account_key,
        person
    from {{ ref('int_vocabulary_persons') }}
    union
    select
        accounts.account_key,
        keys.person
    from accounts
    inner join {{ ref('int_vocabulary_keys') }} as keys
        on accounts.username = keys.key_value and keys.key_type = 'email'
),

pairs as (
    select
        meant.account_key,
        meant.person,
        accounts.base,
        accounts.login_words
    from meant
    inner join accounts on meant.account_key = accounts.account_key
),

person_names as (
    select distinct
        persons.person,
        accounts.given,
        accounts.family
    from {{ ref('int_vocabulary_persons') }} as persons
    inner join {{ ref('int_vocabulary_accounts') }} as accounts
        on persons.account_key = accounts.account_key
    where accounts.given <> '' and accounts.family <> ''
)

select
    pairs.account_key,
    pairs.person
from pairs
inner join person_names on pairs.person = person_names.person
where
    (length(person_names.family) > 2 and instr(pairs.base, person_names.family) > 0)
    or (length(person_names.given) > 2 and instr(pairs.base, person_names.given) > 0)
    or (length(person_names.family) > 5 and instr(pairs.base, left(person_names.family, 5)) > 0)
    or (length(person_names.given) > 5 and instr(pairs.base, left(person_names.given, 5)) > 0)
    or {{ made_of_name('pairs.base', 'person_names.given', 'person_names.family') }}
union
select
    pairs.account_key,
    pairs.person
from pairs
inner join {{ ref('int_vocabulary_keys') }} as keys
    on pairs.person = keys.person and keys.key_type = 'username'
where
    keys.key_value = pairs.login_words
    or (length(keys.key_value) > 3 and instr(pairs.login_words, keys.key_value) > 0)
