-- Grain: one piece of evidence for what an account is. Only what is there counts; nothing follows from a field that is missing.
-- `is_definite` evidence stands whoever the account is linked to; the rest gives way to a strong link to a person.
with

accounts as (
    select *
    from {{ ref('int_accounts_unioned') }}
),

attributes as (
    select *
    from {{ ref('int_account_attributes') }}
),

declared as (
    select account_key, 'declared:account_kind' as kind_rule, declared_kind as said
    from accounts
    union all
    select account_key, 'declared:worker_type', worker_type
    from accounts
    union all
    select account_key, 'declared:' || source_field, attribute_value
    from attributes
    where meaning = 'kind'
),

declared_words as (
    select
        account_key,
        kind_rule,
        {{ regexp_replace_all("lower(said)", '[^a-z]+', '') }} as word
    from declared
    where said <> ''
),

paths as (
    select
        account_key,
        {{ each(split_words("trim(translate(lower(path), '/-_', '   '))")) }} as word
    from accounts
    where path <> '/'
),

path_words as (
    select account_key, word, regexp_replace(word, 's$', '') as singular
    from paths
    where word <> ''
),

-- words of the user name, and of the address where its first part is a name of its own
named as (
    select
        account_key,
        'name:username' as kind_rule,
        {{ regexp_replace_all(split_camel_case("regexp_replace(split_part(username, '@', 1), '^.*[\\\\]', '')"), '[^A-Za-z0-9]+', ' ') }} as said
    from accounts
    union all
    select account_key, 'name:display_name', {{ regexp_replace_all('display_name', '[^A-Za-z0-9]+', ' ') }}
    from accounts
    where given_name is null
    union all
    select account_key, 'name:email', {{ regexp_replace_all("split_part(email, '@', 1)", '[^A-Za-z0-9]+', ' ') }}
    from accounts
    where given_name is null
),

name_tokens as (
    select
        account_key,
        kind_rule,
        {{ each(split_words('trim(lower(said))')) }} as word
    from named
    where said <> ''
),

name_words as (
    select
        account_key,
        kind_rule,
        regexp_replace(word, '[0-9]+$', '') as word
    from name_tokens
    where regexp_replace(word, '[0-9]+$', '') <> ''
),

departments as (
    select distinct {{ words(fold('department')) }} as word
    from accounts
    where is_authoritative and department <> ''
),

-- words that stand for a mailbox or a service only when no other word stands beside them
judged_words as (
    select
        name_words.account_key,
        name_words.kind_rule,
        count(*) as words,
        sum(case when kinds.kind = 'service' then 1 else 0 end) as service_words,
        sum(case when kinds.kind = 'break_glass' then 1 else 0 end) as break_glass_words,
        sum(case when shared.word is not null or departments.word is not null then 1 else 0 end) as shared_words,
        min(case when kinds.kind = 'service' then name_words.word end) as service_word,
        min(case when shared.word in ('mailbox', 'inbox', 'shared', 'team', 'group') then name_words.word end) as shared_word,
        max(case when name_words.word in ('glass', 'breakglass') then 1 else 0 end) as is_glass,
        max(case when name_words.word in ('break', 'breakglass') then 1 else 0 end) as is_break
    from name_words
    left join {{ ref('identity_kind_words') }} as kinds
        on name_words.word = kinds.word and kinds.kind in ('service', 'break_glass')
    left join {{ ref('identity_kind_words') }} as shared
        on name_words.word = shared.word and shared.kind = 'shared'
    left join departments
        on name_words.word = departments.word
    group by name_words.account_key, name_words.kind_rule
),

claims as (
    select
        declared_words.account_key,
        kinds.kind as account_kind,
        declared_words.kind_rule,
        true as is_definite
    from declared_words
    inner join {{ ref('identity_declared_kinds') }} as kinds on declared_words.word = kinds.word
    union all
    select path_words.account_key, kinds.kind, 'path', kinds.kind <> 'human'
    from path_words
    inner join {{ ref('identity_declared_kinds') }} as kinds
        on path_words.word = kinds.word or path_words.singular = kinds.word
    union all
    select account_key, 'break_glass', kind_rule, true
    from judged_words
    where break_glass_words > 0 or (is_glass = 1 and is_break = 1)
    union all
    select account_key, 'service', kind_rule || ':' || service_word, false
    from judged_words
    where service_words > 0
    union all
    select judged_words.account_key, 'shared', judged_words.kind_rule, false
    from judged_words
    inner join accounts on judged_words.account_key = accounts.account_key
    where (judged_words.shared_words = judged_words.words or judged_words.shared_word is not null)
        -- a word that may be either is a mailbox where there is an address, and a service where there is none
        and (judged_words.service_words = 0 or accounts.email <> '')
    union all
    select account_key, 'service', 'tag:application', false
    from attributes
    where meaning = 'application'
)

select
    account_key,
    account_kind,
    is_definite,
    min(kind_rule) as kind_rule
from claims
group by account_key, account_kind, is_definite
