-- Grain: one way to write who a person is (address, number, full name, user name, record) and one
-- person it means. What more than a few people have means none of them.
with accounts as (
    select
        persons.person,
        accounts.*
    from {{ ref('int_vocabulary_persons') }} as persons
    inner join {{ ref('int_vocabulary_accounts') }} as accounts
        on persons.account_key = accounts.account_key
),

alias_emails as (
    select
        account_key,
        {{ each(json_elements('alias_emails')) }} as element
    from {{ ref('int_accounts_listed') }}
    where alias_emails is not null and alias_emails <> '[]'
),

keys as (
    select
        person,
        'email' as key_type,
        email as key_value
    from accounts
    union all
    select
        accounts.person,
        'email' as key_type,
        {{ normalise_email('alias_emails.element') }} as key_value
    from accounts
    inner join alias_emails on accounts.account_key = alias_emails.account_key
    union all
    select
        person,
        'email' as key_type,
        {{ normalise_email('username') }} as key_value
    from accounts
    union all
    select
        person,
        'number' as key_type,
        employee_id as key_value
    from accounts
    union all
    select
        person,
        'number' as key_type,
        prior_employee_id as key_value
    from accounts
    union all
    select
        person,
        'username' as key_type,
        login_words as key_value
    from accounts
    where not is_authoritative
    union all
    select
        person,
        'username' as key_type,
        {{ words(fold("split_part(email, '@', 1)")) }} as key_value
    from accounts
    union all
    select
        person,
        'record' as key_type,
        native_id as key_value
    from accounts
    where length(native_id) > 5 and not is_authoritative
    union all
    select
        person,
        'name' as key_type,
        shown as key_value
    from accounts
    where shown like '% %'
    union all
    select
        person,
        'name' as key_type,
        given || ' ' || family as key_value
    from accounts
    where given <> '' and family <> ''
    union all
    select
        person,
        'name' as key_type,
        family || ' ' || given as key_value
    from accounts
    where given <> '' and family <> ''
),

distinct_keys as (
    select distinct
        person,
        key_type,
        key_value
    from keys
    where length(key_value) > 2
),

common_keys as (
    select
        key_type,
        key_value
    from distinct_keys
    group by key_type, key_value
    having count(*) > 5
)

select
    distinct_keys.person,
    distinct_keys.key_type,
    distinct_keys.key_value
from distinct_keys
left join common_keys
    on
        distinct_keys.key_type = common_keys.key_type
        and distinct_keys.key_value = common_keys.key_value
where common_keys.key_value is null
