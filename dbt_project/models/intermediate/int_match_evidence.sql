-- Grain: one reason (rule and value) why one account may be one person's (`identity`) or in their
-- care (`owner`).
with account_keys as (
    select * from {{ ref('int_account_keys') }}
    where not is_authoritative and generic_reason is null
),

person_keys as (
    select * from {{ ref('int_person_keys') }}
    where not_a_key_reason is null
),

kinds as (
    select * from {{ ref('int_account_kinds') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where is_enabled
),

persons as (
    select * from {{ ref('int_persons') }}
),

usernames as (
    select
        account_key,
        {{ folded("split_part(username, '@', 1)") }} as folded_username
    from {{ ref('int_accounts_unioned') }}
),

-- One equi-join; a key that many people share has been taken out before, so it cannot multiply.
matched as (
    select
        account_keys.account_key,
        account_keys.relation as key_relation,
        account_keys.key_type,
        account_keys.key_value,
        account_keys.raw_value as left_value,
        person_keys.raw_value as right_value,
        person_keys.identity_id,
        person_keys.is_prior,
        kinds.may_be_a_person
    from account_keys
    inner join person_keys
        on
            account_keys.key_type = person_keys.key_type
            and account_keys.key_value = person_keys.key_value
    inner join kinds on account_keys.account_key = kinds.account_key
),

-- An account that is no person's own is in the care of whoever its keys name.
named as (
    select
        account_key,
        identity_id,
        key_value,
        left_value,
        right_value,
        case
            when key_relation = 'self' and may_be_a_person and is_prior then 'prior_employee_id'
            when key_relation = 'self' and may_be_a_person then key_type
            else 'owner_' || key_type
        end as rule
    from matched
    where key_relation = 'owner' or key_type <> 'username'
),

-- The owner tag of a person's account names its person only where the user name says so too.
fitting as (
    select
        named.account_key,
        named.identity_id,
        named.key_value,
        named.left_value,
        named.right_value,
        'owner_tag' as rule
    from named
    inner join kinds on named.account_key = kinds.account_key
    inner join usernames on named.account_key = usernames.account_key
    inner join persons on named.identity_id = persons.identity_id
    where
        named.rule in ('owner_email', 'owner_employee_id', 'owner_username')
        and kinds.may_be_a_person
        and usernames.folded_username <> ''
        and usernames.folded_username in (
            persons.folded_email, persons.folded_username, persons.first_last, persons.last_first,
            persons.initial_last, persons.first_initial
        )
),

unioned as (
    select * from named
    union all
    select * from fitting
),

-- Said twice in one way (an e-mail tag and an owner tag of one service) is said once.
said_once as (
    select
        account_key,
        identity_id,
        rule,
        key_value,
        min(left_value) as left_value,
        min(right_value) as right_value
    from unioned
    group by account_key, identity_id, rule, key_value
)

select
    said_once.account_key,
    said_once.identity_id,
    rules.relation,
    said_once.rule,
    rules.family,
    rules.weight,
    said_once.key_value,
    said_once.left_value,
    said_once.right_value
from said_once
inner join rules on said_once.rule = rules.rule
