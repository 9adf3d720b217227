-- Grain: one account outside the rosters and one thing of it that may mark what kind it is: the
-- value of a field, or that it has no name where people have one.
with accounts as (
    select
        account_key,
        directory_id,
        directory_kind,
        lists_people,
        given,
        family
    from {{ ref('int_vocabulary_accounts') }}
    where not is_authoritative
),

people as (
    select account_key
    from {{ ref('int_vocabulary_people') }}
),

listed as (
    select
        account_key,
        account_kind,
        worker_type,
        title,
        department,
        family_name,
        given_name
    from {{ ref('int_accounts_listed') }}
),

fields as (
    select
        account_key,
        'path' as field,
        path as sign_value
    from {{ ref('stg_aws_iam__users') }}
    where path <> '/'
    union all
    select
        account_key,
        'account_kind' as field,
        account_kind as sign_value
    from listed
    where account_kind <> ''
    union all
    select
        account_key,
        'worker_type' as field,
        worker_type as sign_value
    from listed
    where worker_type <> ''
    union all
    select
        account_key,
        'title' as field,
        title as sign_value
    from listed
    where title <> ''
    union all
    select
        account_key,
        'department' as field,
        department as sign_value
    from listed
    where department <> ''
    union all
    select
        account_key,
        'family_name' as field,
        family_name as sign_value
    from listed
    where family_name <> ''
    union all
    select
        account_key,
        'given_name' as field,
        given_name as sign_value
    from listed
    where given_name <> ''
    union all
    select
        account_key,
        source_field as field,
        attribute_value as sign_value
    from {{ ref('int_attributes_listed') }}
    union all
    -- Where owners are named on no person's account, that one is named is a sign too.
    select
        attributes.account_key,
        attributes.source_field as field,
        '*' as sign_value
    from {{ ref('int_attributes_listed') }} as attributes
    inner join {{ ref('int_attribute_meanings') }} as meanings
        on
            attributes.directory_id = meanings.directory_id
            and attributes.source_kind = meanings.source_kind
            and attributes.attribute = meanings.attribute
    where meanings.source = 'learned' and meanings.meaning in ('owner', 'application')
),

-- In a directory where nearly all people have a name in parts, an account without one differs.
naming as (
    select accounts.directory_id
    from accounts
    inner join people on accounts.account_key = people.account_key
    where accounts.lists_people
    group by accounts.directory_id
    having
        count(*) >= 50
        and count(case when accounts.given <> '' or accounts.family <> '' then 1 end)
        >= 0.98 * count(*)
),

nameless as (
    select
        accounts.account_key,
        'name' as field,
        'none' as sign_value
    from accounts
    inner join naming on accounts.directory_id = naming.directory_id
    where coalesce(accounts.given, '') = '' and coalesce(accounts.family, '') = ''
),

unioned as (
    select
        account_key,
        field,
        lower(trim(sign_value)) as sign_value
    from fields
    union all
    select * from nameless
)

select
    unioned.account_key,
    accounts.directory_id,
    accounts.directory_kind,
    unioned.field,
    unioned.sign_value,
    people.account_key is not null as is_person
from unioned
inner join accounts on unioned.account_key = accounts.account_key
left join people on unioned.account_key = people.account_key
where unioned.sign_value <> ''
