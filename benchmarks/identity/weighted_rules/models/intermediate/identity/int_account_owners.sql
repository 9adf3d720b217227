-- Grain: one owner named by an account's owner or team tags and resolved: a person, or a mailbox a directory knows.
with

owned as (
    select
        kinds.account_key,
        kinds.account_kind
    from {{ ref('int_account_kinds') }} as kinds
    where kinds.account_kind in ('service', 'shared', 'break_glass', 'unknown')
),

claims as (
    select
        keys.account_key,
        keys.claim_role,
        keys.key_type,
        keys.key_value,
        keys.source_field
    from {{ ref('int_account_keys') }} as keys
    inner join owned on keys.account_key = owned.account_key
    where keys.claim_role in ('owner', 'team')
        -- the address a service carries is whom to ask
        or (keys.claim_role = 'own' and keys.key_type = 'email' and keys.source_field like 'tag:%')
),

names as (
    select
        names.account_key,
        names.name_key,
        names.source_field
    from {{ ref('int_account_names') }} as names
    inner join owned on names.account_key = owned.account_key
    where names.claim_role = 'owner'
),

wanted as (
    select distinct key_type, key_value
    from claims
),

identifiers as (
    select keys.person_key, keys.key_type, keys.key_value
    from {{ ref('int_person_identifiers') }} as keys
    inner join wanted on keys.key_type = wanted.key_type and keys.key_value = wanted.key_value
    union
    select keys.person_key, keys.key_type, keys.key_value
    from {{ ref('int_person_keys_rostered') }} as keys
    inner join wanted on keys.key_type = wanted.key_type and keys.key_value = wanted.key_value
    union
    select logins.person_key, wanted.key_type, wanted.key_value
    from {{ ref('int_person_logins') }} as logins
    inner join wanted on wanted.key_type = 'username' and logins.uid = wanted.key_value
    where logins.lists_people
),

-- counted before anything is joined to them: what too many people have names nobody
identifier_holders as (
    select
        person_key,
        key_type,
        key_value,
        count(*) over (partition by key_type, key_value) as persons
    from identifiers
),

by_identifier as (
    select
        claims.account_key,
        holders.person_key,
        claims.key_type as rule,
        claims.key_value as owner_value,
        claims.source_field,
        holders.persons
    from claims
    inner join identifier_holders as holders on claims.key_type = holders.key_type and claims.key_value = holders.key_value
    where holders.persons <= {{ threshold('block_limit') }}
),

name_holders as (
    select
        name_key,
        person_key,
        count(*) over (partition by name_key) as persons
    from (
        select distinct person_names.name_key, person_names.person_key
        from {{ ref('int_person_names') }} as person_names
        inner join (select distinct name_key from names) as wanted on person_names.name_key = wanted.name_key
        where person_names.name_level = 1
    ) as named_persons
),

by_name as (
    select distinct
        names.account_key,
        holders.person_key,
        'full_name' as rule,
        names.name_key as owner_value,
        names.source_field,
        holders.persons
    from names
    inner join name_holders as holders on names.name_key = holders.name_key
    where holders.persons <= {{ threshold('block_limit') }}
),

mailboxes as (
    select
        profiles.account_key,
        profiles.uid as mailbox_name
    from {{ ref('int_account_profiles') }} as profiles
    inner join {{ ref('int_account_kinds') }} as kinds on profiles.account_key = kinds.account_key
    where kinds.account_kind = 'shared' and profiles.lists_people
),

mailbox_keys as (
    select mailboxes.account_key, 'email' as key_type, keys.key_value
    from mailboxes
    inner join {{ ref('int_account_keys') }} as keys
        on mailboxes.account_key = keys.account_key and keys.claim_role = 'own' and keys.key_type = 'email'
    union
    select mailboxes.account_key, 'username', split_part(keys.key_value, '@', 1)
    from mailboxes
    inner join {{ ref('int_account_keys') }} as keys
        on mailboxes.account_key = keys.account_key and keys.claim_role = 'own' and keys.key_type = 'email'
    union
    select account_key, 'username', mailbox_name
    from mailboxes
    where mailbox_name <> ''
),

by_mailbox as (
    select
        claims.account_key,
        cast(null as varchar) as person_key,
        'mailbox' as rule,
        claims.key_value as owner_value,
        claims.source_field,
        1 as persons
    from claims
    inner join (select distinct key_type, key_value from mailbox_keys) as boxes
        on claims.key_type = boxes.key_type and claims.key_value = boxes.key_value
),

resolved as (
    select * from by_identifier
    union all
    select * from by_name
    union all
    select * from by_mailbox
),

described as (
    select
        resolved.account_key,
        resolved.person_key,
        resolved.rule,
        resolved.owner_value,
        min(resolved.source_field) as source_field,
        max(coalesce(persons.is_rostered, false)) as is_rostered,
        max(persons.employment_status) as employment_status
    from resolved
    left join {{ ref('int_persons') }} as persons on resolved.person_key = persons.person_key
    group by resolved.account_key, resolved.person_key, resolved.rule, resolved.owner_value
)

select
    account_key,
    person_key,
    rule,
    owner_value,
    source_field,
    is_rostered,
    employment_status,
    -- of several people who had an address or a name, those who are still there
    sum(case when is_rostered and employment_status = 'active' then 1 else 0 end) over (
        partition by account_key, rule, owner_value
    ) as active_persons
from described
