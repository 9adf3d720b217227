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

-- A word that mailboxes alone have outranks one that they share with programs.
by_token as (
    select
        tokens.account_key,
        kinds.token,
        kinds.account_kind,
        row_number() over (
            partition by tokens.account_key
            order by
                case kinds.account_kind when 'shared' then 1 else 2 end,
                kinds.on_people, -kinds.marked, kinds.token
        ) as preference
    from tokens
    inner join {{ ref('int_kind_tokens') }} as kinds on tokens.token = kinds.token
    where kinds.account_kind is not null
),

marked as (
    select
        accounts.*,
        by_token.token,
        by_token.account_kind as token_kind,
        signs.field,
        signs.sign_value
    from accounts
    left join {{ ref('int_kind_marked') }} as signs on accounts.account_key = signs.account_key
    left join by_token on accounts.account_key = by_token.account_key and by_token.preference = 1
    where signs.account_key is not null or by_token.account_key is not null
),

mailbox_logins as (
    select distinct login
    from marked
    where lists_people and email <> ''
),

program_logins as (
    select login
    from accounts
    where not lists_people
    group by login
    having count(case when not has_console_password then 1 end) = count(*)
)

select
    marked.account_key,
    case
        when emergency.account_key is not null then 'break_glass'
        when marked.token_kind = 'shared' then 'shared'
        when not marked.lists_people and marked.has_console_password and mailboxes.login is not null
            then 'shared'
        -- Programs have no console password: what has one, or may have one that was not read, is
        -- left open where it is no person's.
        when not marked.lists_people and coalesce(marked.has_console_password, true)
            then 'unknown'
        when not marked.lists_people or coalesce(marked.email, '') = '' then 'service'
        -- What has an address and does not call AWS as a program does is a mailbox.
        when programs.login is not null then 'service'
        else 'shared'
    end as account_kind,
    case
        when emergency.account_key is not null then emergency.kind_rule
        when marked.token is not null
            then 'learned: only such accounts have ' || marked.token || ' in their user name'
        when marked.field = 'name'
            then 'learned: the people of this directory have names in parts'
        when marked.sign_value = '*' then 'learned: no person has ' || marked.field
        else 'learned: no person has ' || marked.field || '=' || marked.sign_value
    end as kind_rule
from marked
left join {{ ref('int_break_glass_learned') }} as emergency
    on marked.account_key = emergency.account_key
left join mailbox_logins as mailboxes on marked.login = mailboxes.login
left join program_logins as programs on marked.login = programs.login
union all
-- Too few to be marked by anything else.
select
    emergency.account_key,
    'break_glass' as account_kind,
    emergency.kind_rule
from {{ ref('int_break_glass_learned') }} as emergency
left join marked on emergency.account_key = marked.account_key
where marked.account_key is null
