-- Grain: one thing an account says of who answers for it, and one person or team mailbox that it
-- leads to; none: it leads to nobody.
with kinds as (
    select * from {{ ref('int_account_kinds') }}
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where not is_authoritative
),

keys as (
    select
        keys.account_key,
        keys.claim_role,
        keys.key_type,
        keys.key_value,
        keys.source_field,
        keys.raw_value,
        kinds.account_kind
    from {{ ref('int_account_keys') }} as keys
    inner join accounts on keys.account_key = accounts.account_key
    inner join kinds on keys.account_key = kinds.account_key
),

-- A person's manager owns none of their accounts. The address or number of a person that a service
-- carries is whom to ask.
claims as (
    select
        account_key,
        key_type,
        key_value,
        source_field,
        raw_value,
        claim_role <> 'own' or source_field like 'tag %' as is_said
    from keys
    where
        (claim_role = 'owner' and (account_kind <> 'human' or source_field <> 'manager_id'))
        or (claim_role = 'team' and account_kind <> 'human')
        or (
            claim_role = 'own'
            and key_type = 'email'
            and source_field like 'tag %'
            and account_kind = 'unknown'
        )
        or (
            claim_role = 'own'
            and key_type in ('email', 'employee_id')
            and account_kind in ('service', 'shared', 'break_glass')
        )
),

names as (
    select
        names.account_key,
        names.name_key,
        names.source_field,
        names.given || ' ' || names.family as raw_value
    from {{ ref('int_account_names') }} as names
    inner join accounts on names.account_key = accounts.account_key
    where names.claim_role = 'owner'
),

wanted_keys as (
    select distinct
        key_type,
        key_value
    from claims
),

wanted_usernames as (
    select key_value
    from wanted_keys
    where key_type = 'username'
),

identifiers as (
    select
        keys.person_key,
        keys.key_type,
        keys.key_value
    from {{ ref('int_person_identifiers') }} as keys
    inner join wanted_keys
        on keys.key_type = wanted_keys.key_type and keys.key_value = wanted_keys.key_value
    union
    select
        keys.person_key,
        keys.key_type,
        keys.key_value
    from {{ ref('int_person_keys_rostered') }} as keys
    inner join wanted_keys
        on keys.key_type = wanted_keys.key_type and keys.key_value = wanted_keys.key_value
    union
    select
        logins.person_key,
        'username' as key_type,
        logins.uid as key_value
    from {{ ref('int_person_logins') }} as logins
    inner join wanted_usernames on logins.uid = wanted_usernames.key_value
    where logins.lists_people
),

-- Counted before anything is joined to them: what too many people have names nobody.
identifier_holders as (
    select
        person_key,
        key_type,
        key_value,
        count(*) over (partition by key_type, key_value) as person_count
    from identifiers
),

by_identifier as (
    select
        claims.account_key,
        holders.person_key,
        'owner_' || claims.key_type as rule,
        claims.key_value,
        claims.source_field,
        claims.raw_value
    from claims
    inner join identifier_holders as holders
        on claims.key_type = holders.key_type and claims.key_value = holders.key_value
    where holders.person_count <= {{ threshold('block_limit') }}
),

wanted_names as (
    select distinct name_key
    from names
),

full_names as (
    select distinct
        person_names.person_key,
        person_names.name_key
    from {{ ref('int_person_names') }} as person_names
    inner join wanted_names on person_names.name_key = wanted_names.name_key
    where person_names.name_level = 1
),

name_holders as (
    select
        person_key,
        name_key,
        count(*) over (partition by name_key) as person_count
    from full_names
),

by_name as (
    select
        names.account_key,
        holders.person_key,
        'owner_full_name' as rule,
        names.name_key as key_value,
        names.source_field,
        names.raw_value
    from names
    inner join name_holders as holders on names.name_key = holders.name_key
    where holders.person_count <= {{ threshold('block_limit') }}
),

-- A team's mailbox that some directory of people knows; in some it stands among the services.
mailboxes as (
    select
        profiles.account_key,
        profiles.uid,
        kinds.account_kind
    from {{ ref('int_account_profiles') }} as profiles
    inner join kinds on profiles.account_key = kinds.account_key
    where kinds.account_kind in ('shared', 'service') and profiles.lists_people
),

mailbox_emails as (
    select keys.key_value
    from mailboxes
    inner join keys on mailboxes.account_key = keys.account_key
    where keys.claim_role = 'own' and keys.key_type = 'email'
),

mailbox_keys as (
    select
        'email' as key_type,
        key_value
    from mailbox_emails
    union
    select
        'username' as key_type,
        split_part(key_value, '@', 1) as key_value
    from mailbox_emails
    union
    select
        'username' as key_type,
        uid as key_value
    from mailboxes
    where uid <> '' and account_kind = 'shared'
),

by_mailbox as (
    select
        claims.account_key,
        {{ as_text('null') }} as person_key,
        'owner_mailbox' as rule,
        claims.key_value,
        claims.source_field,
        claims.raw_value
    from claims
    inner join mailbox_keys
        on claims.key_type = mailbox_keys.key_type and claims.key_value = mailbox_keys.key_value
    where claims.is_said
),

by_decision as (
    select
        decisions.account_key,
        assignments.person_key,
        'owner_decision' as rule,
        decisions.target as key_value,
        'decided by ' || decisions.decided_by as source_field,
        decisions.target as raw_value
    from {{ ref('int_decisions_in_force') }} as decisions
    inner join accounts on decisions.account_key = accounts.account_key
    inner join {{ ref('int_identity_assignments') }} as assignments
        on decisions.target = assignments.account_key and assignments.person_key is not null
    where decisions.verb = 'owner'
),

leads as (
    select * from by_identifier
    union all
    select * from by_name
    union all
    select * from by_mailbox
    union all
    select * from by_decision
),

-- One field says one thing: an address or a number in it says whom the name beside it means, and
-- a name read in full whom each word of it does.
strengths as (
    select
        *,
        case
            when rule = 'owner_full_name' then 2 + 1.0 / length(key_value)
            when rule = 'owner_username' then 4
            when rule = 'owner_mailbox' and key_value not like '%@%' then 4
            else 1
        end as strength
    from leads
),

strongest as (
    select
        account_key,
        source_field,
        min(strength) as strength
    from strengths
    group by account_key, source_field
),

-- What can be read as a number and as a user name says both.
strongest_words as (
    select distinct
        strengths.account_key,
        strengths.source_field,
        strengths.raw_value
    from strengths
    inner join strongest
        on strengths.account_key = strongest.account_key
            and strengths.source_field = strongest.source_field
            and strengths.strength = strongest.strength
),

meant as (
    select strengths.*
    from strengths
    inner join strongest_words as words
        on strengths.account_key = words.account_key
            and strengths.source_field = words.source_field
            and strengths.raw_value = words.raw_value
),

led as (
    select distinct
        account_key,
        source_field
    from leads
),

-- A word that leads nowhere in one reading may well lead somewhere in another.
dead_ends as (
    select
        claims.account_key,
        {{ as_text('null') }} as person_key,
        'nobody' as rule,
        min(claims.key_value) as key_value,
        claims.source_field,
        min(claims.raw_value) as raw_value
    from claims
    left join led
        on claims.account_key = led.account_key and claims.source_field = led.source_field
    where led.account_key is null and claims.is_said and claims.source_field <> 'manager_id'
    group by claims.account_key, claims.source_field
)

select
    account_key,
    person_key,
    rule,
    key_value,
    min(source_field) as source_field,
    min(raw_value) as raw_value
from meant
group by account_key, person_key, rule, key_value
union all
select
    account_key,
    person_key,
    rule,
    key_value,
    source_field,
    raw_value
from dead_ends
