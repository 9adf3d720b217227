-- Grain: one account of a person who is known before any attribute is read: a row of a roster, an
-- account of a directory of people that has an address, a number or the full name of one row, and
-- one that is in no roster but has the name of a person.
with accounts as (
    select * from {{ ref('int_vocabulary_accounts') }}
    where lists_people
),

rostered as (
    select
        *,
        coalesce('number:' || coalesce(prior_employee_id, employee_id), 'row:' || account_key)
            as person
    from accounts
    where is_authoritative
),

unrostered as (
    select * from accounts
    where not is_authoritative
),

strong_keys as (
    select
        person,
        'email' as key_type,
        email as key_value
    from rostered
    where email <> ''
    union
    select
        person,
        'employee_id' as key_type,
        employee_id as key_value
    from rostered
    where employee_id <> ''
    union
    select
        person,
        'name' as key_type,
        {{ name_key('whole_given', 'family') }} as key_value
    from rostered
    where whole_given <> '' and family <> ''
),

single_keys as (
    select
        key_type,
        key_value,
        min(person) as person
    from strong_keys
    group by key_type, key_value
    having count(*) = 1
),

wanted_keys as (
    select
        account_key,
        'email' as key_type,
        email as key_value
    from unrostered
    where email <> ''
    union all
    select
        account_key,
        'employee_id' as key_type,
        employee_id as key_value
    from unrostered
    where employee_id <> ''
    union all
    select
        account_key,
        'name' as key_type,
        {{ name_key('whole_given', 'family') }} as key_value
    from unrostered
    where whole_given <> '' and family <> ''
),

tied as (
    select
        wanted_keys.account_key,
        single_keys.person,
        row_number() over (
            partition by wanted_keys.account_key
            order by
                case wanted_keys.key_type when 'email' then 1 when 'employee_id' then 2 else 3 end,
                single_keys.person
        ) as preference
    from wanted_keys
    inner join single_keys
        on
            wanted_keys.key_type = single_keys.key_type
            and wanted_keys.key_value = single_keys.key_value
),

-- A given name that several people of the rosters have is a name of people, not of a mailbox.
given_names as (
    select given
    from rostered
    where length(given) > 1
    group by given
),

known as (
    select
        account_key,
        person,
        true as is_rostered
    from rostered
    union all
    select
        account_key,
        person,
        true as is_rostered
    from tied
    where preference = 1
),

others as (
    select
        unrostered.account_key,
        coalesce('email:' || unrostered.email, 'account:' || unrostered.account_key) as person,
        false as is_rostered
    from unrostered
    inner join given_names on unrostered.given = given_names.given
    left join tied on unrostered.account_key = tied.account_key and tied.preference = 1
    where tied.account_key is null and unrostered.family <> ''
)

select * from known
union all
select * from others
