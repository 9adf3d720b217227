-- Grain: one identifier by which the roster knows a person.
with

keys as (
    select
        persons.person_key,
        keys.key_type,
        keys.key_value
    from {{ ref('int_account_keys') }} as keys
    inner join {{ ref('int_roster_links') }} as chains on keys.account_key = chains.node
    inner join {{ ref('int_persons_rostered') }} as persons on chains.component = persons.chain
    where keys.claim_role = 'own'
),

prior_ids as (
    select
        persons.person_key,
        'employee_id' as key_type,
        {{ normalise_employee_id('accounts.prior_employee_id') }} as key_value
    from {{ ref('int_accounts_unioned') }} as accounts
    inner join {{ ref('int_roster_links') }} as chains on accounts.account_key = chains.node
    inner join {{ ref('int_persons_rostered') }} as persons on chains.component = persons.chain
    where accounts.prior_employee_id <> ''
),

digits as (
    select
        person_key,
        'employee_digits' as key_type,
        nullif(ltrim({{ regexp_replace_all('key_value', '[^0-9]', '') }}, '0'), '') as key_value
    from keys
    where key_type = 'employee_id'
)

select person_key, key_type, key_value from keys
union
select person_key, key_type, key_value from prior_ids where key_value is not null
union
select person_key, key_type, key_value from digits where key_value is not null
