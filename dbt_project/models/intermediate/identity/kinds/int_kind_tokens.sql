-- Grain: one word that user names are made of: how many accounts have it, how many of these are
-- people's, and which kind it marks, where it marks one. Names of people mark nothing.
with accounts as (
    select
        accounts.*,
        activity.has_console_password
    from {{ ref('int_vocabulary_accounts') }} as accounts
    inner join {{ ref('int_account_activity') }} as activity
        on accounts.account_key = activity.account_key
    where not accounts.is_authoritative
),

people as (
    select account_key
    from {{ ref('int_vocabulary_people') }}
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
        where login_words like '% %'
    ) as words
    where length(token) > 1
),

name_words as (
    select accounts.given as word
    from {{ ref('int_vocabulary_accounts') }} as accounts
    where accounts.is_authoritative and accounts.given <> ''
    union
    select accounts.family as word
    from {{ ref('int_vocabulary_accounts') }} as accounts
    where accounts.is_authoritative and accounts.family <> ''
),

counted as (
    select
        tokens.token,
        count(*) as accounts,
        count(people.account_key) as on_people,
        count(marked.account_key) as marked,
        count(case when not accounts.lists_people then 1 end) as in_clouds,
        count(case when accounts.has_console_password then 1 end) as with_password,
        count(case when accounts.lists_people and accounts.email <> '' then 1 end) as with_address,
        count(case when accounts.lists_people and coalesce(accounts.email, '') = '' then 1 end)
            as without_address
    from tokens
    inner join accounts on tokens.account_key = accounts.account_key
    left join people on tokens.account_key = people.account_key
    left join {{ ref('int_kind_marked') }} as marked on tokens.account_key = marked.account_key
    group by tokens.token
    having count(*) >= 6
)

select
    counted.token,
    counted.accounts,
    counted.on_people,
    counted.marked,
    case
        when counted.on_people > 0.05 * counted.accounts or name_words.word is not null then null
        -- It must mark accounts of which something else says so, too.
        when counted.marked < 3 or counted.marked < 0.2 * counted.accounts then null
        -- Mailboxes have addresses, and people sign in to the AWS users of the same name.
        when
            counted.with_address >= 3
            and counted.with_address >= 0.8 * (counted.with_address + counted.without_address)
            and counted.with_password >= 0.5 * counted.in_clouds
            then 'shared'
        when counted.with_address <= 0.2 * counted.accounts then 'service'
    end as account_kind
from counted
left join name_words on counted.token = name_words.word
