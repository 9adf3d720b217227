-- Grain: one account outside the rosters and the kind that what was learned from this company makes
-- of it: a marker that no person's account has, or a word of the user name that only such accounts
-- have. Nothing is said of an account that has anything of a person.
with accounts as (
    select
        accounts.*,
        activity.has_console_password,
        split_part(accounts.username, '@', 1) as login
    from {{ ref('int_vocabulary_accounts') }} as accounts
    inner join {{ ref('int_account_activity') }} as activity
        on accounts.account_key = activity.account_key
    left join {{ ref('int_vocabulary_people') }} as people
        on accounts.account_key = people.account_key
    where not accounts.is_authoritative and people.account_key is null
),

tokens as (
    select distinct
        account_key,
        token
    from (
        select
            account_key,
            {{ each(split_words('login_words')) }} as token
        from accounts
    ) as words
),

by_token as (
    select
        tokens.account_key,
        kinds.token,
        kinds.account_kind,
        row_number() over (
            partition by tokens.account_key
            order by kinds.on_people, -kinds.marked, kinds.token
        ) as preference
    from tokens
    inner join {{ ref('int_kind_tokens') }} as kinds on tokens.token = kinds.token
    where kinds.account_kind is not null
),

cloud_logins as (
    select distinct login
    from accounts
    where not lists_people
)

select
    accounts.account_key,
    case
        -- Programs have no console password: what has one and is no person's is left open.
        when not accounts.lists_people and accounts.has_console_password then 'unknown'
        when by_token.account_kind = 'shared' then 'shared'
        when not accounts.lists_people or coalesce(accounts.email, '') = '' then 'service'
        -- What has an address and no account among the services is a mailbox.
        when cloud_logins.login is not null then 'service'
        else 'shared'
    end as account_kind,
    case
        when by_token.token is not null
            then 'learned: only such accounts have ' || by_token.token || ' in their user name'
        when marked.field = 'name'
            then 'learned: the people of this directory have names in parts'
        when marked.sign_value = '*' then 'learned: no person has ' || marked.field
        else 'learned: no person has ' || marked.field || '=' || marked.sign_value
    end as kind_rule
from accounts
left join {{ ref('int_kind_marked') }} as marked on accounts.account_key = marked.account_key
left join by_token on accounts.account_key = by_token.account_key and by_token.preference = 1
left join cloud_logins on accounts.login = cloud_logins.login
where marked.account_key is not null or by_token.account_key is not null
