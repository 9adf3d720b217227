-- Grain: one piece of evidence for what an account is. Only what is there counts: nothing follows
-- from a field that is missing. is_definite: it stands whoever the account is linked to; the rest
-- gives way to a link to a person. Where a person has decided, nothing else is evidence.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

attributes as (
    select * from {{ ref('int_account_attributes') }}
),

stated_words as (
    select * from {{ ref('stated_kind_words') }}
),

name_words as (
    select * from {{ ref('name_kind_words') }}
),

decided as (
    select
        account_key,
        target as account_kind,
        'decided by ' || decided_by as kind_rule
    from {{ ref('int_decisions_in_force') }}
    where verb = 'kind'
),

-- Whom a person has linked to a person is one.
linked as (
    select
        linked_keys.account_key,
        'human' as account_kind,
        'linked to a person by ' || min(linked_keys.decided_by) as kind_rule
    from (
        select
            account_key,
            decided_by
        from {{ ref('int_decisions_in_force') }}
        where verb = 'link'
        union all
        select
            target as account_key,
            decided_by
        from {{ ref('int_decisions_in_force') }}
        where verb = 'link'
    ) as linked_keys
    left join decided on linked_keys.account_key = decided.account_key
    where decided.account_key is null
    group by linked_keys.account_key
),

-- What mostly people's accounts have in this company says of none that it is no person's.
signs_of_people as (
    select * from {{ ref('int_kind_signs_of_people') }}
),

stated as (
    select
        account_key,
        directory_kind,
        'account_kind' as field,
        'stated: ' || stated_kind as kind_rule,
        stated_kind as said
    from accounts
    union all
    select
        account_key,
        directory_kind,
        'worker_type' as field,
        'worker type: ' || worker_type as kind_rule,
        worker_type as said
    from accounts
    union all
    select
        attributes.account_key,
        accounts.directory_kind,
        attributes.source_field as field,
        attributes.source_field || ': ' || attributes.attribute_value as kind_rule,
        attributes.attribute_value as said
    from attributes
    inner join accounts on attributes.account_key = accounts.account_key
    where attributes.meaning = 'kind'
    union all
    select
        account_key,
        {{ as_text('null') }} as directory_kind,
        source_field as field,
        source_field || ': ' || attribute_value as kind_rule,
        'breakglass' as said
    from attributes
    where meaning = 'break_glass' and lower(attribute_value) in ('true', 'yes', '1')
),

stated_kinds as (
    select
        stated.account_key,
        stated.kind_rule,
        signs_of_people.field is not null as is_of_people,
        {{ regexp_replace_all('lower(stated.said)', '[^a-z]+', '') }} as word
    from stated
    left join signs_of_people
        on
            stated.directory_kind = signs_of_people.directory_kind
            and stated.field = signs_of_people.field
            and lower(trim(stated.said)) = signs_of_people.sign_value
    where stated.said <> ''
),

path_words as (
    select
        accounts.account_key,
        'path: ' || accounts.path as kind_rule,
        {{ each(split_words("trim(translate(lower(accounts.path), '/-_', '   '))")) }} as word
    from accounts
    left join signs_of_people
        on
            accounts.directory_kind = signs_of_people.directory_kind
            and signs_of_people.field = 'path'
            and lower(trim(accounts.path)) = signs_of_people.sign_value
    where accounts.path <> '/' and signs_of_people.field is null
),

path_kinds as (
    select
        account_key,
        kind_rule,
        word
    from path_words
    where word <> ''
    union
    select
        account_key,
        kind_rule,
        regexp_replace(word, 's$', '') as word
    from path_words
    where word <> ''
),

logins as (
    select
        account_key,
        regexp_replace(split_part(username, '@', 1), '^.*[\\]', '') as login
    from accounts
),

-- Words of the user name; of the shown name and the address only where no name is parted.
named as (
    select
        account_key,
        'user name' as named_by,
        {{ words_of_any_case(split_camel_case('login')) }} as said
    from logins
    union all
    select
        account_key,
        'shown name' as named_by,
        {{ words_of_any_case('stated_name') }} as said
    from accounts
    where given_name is null
    union all
    select
        account_key,
        'address' as named_by,
        {{ words_of_any_case("split_part(stated_email, '@', 1)") }} as said
    from accounts
    where given_name is null
),

tokens as (
    select
        account_key,
        named_by,
        {{ each(split_words('trim(lower(said))')) }} as token
    from named
    where said <> ''
),

own_affixes as (
    select affix
    from {{ ref('int_affixes_learned') }}
    union
    select sign_value as affix
    from signs_of_people
    where field = 'user name'
),

-- svc01 is svc, but sqs1306 is somebody's initials and number.
words as (
    select
        tokens.account_key,
        tokens.named_by,
        regexp_replace(tokens.token, '[0-9][0-9]?$', '') as word
    from tokens
    left join own_affixes on tokens.token = own_affixes.affix
    where
        regexp_replace(tokens.token, '[0-9][0-9]?$', '') <> ''
        and own_affixes.affix is null
),

departments as (
    select distinct {{ words(fold('department')) }} as word
    from accounts
    where is_authoritative and department <> ''
),

-- Where, and whose: sales-emea, support-fr, room-a.
neutral_words as (
    select name_words.word
    from name_words
    left join departments on name_words.word = departments.word
    left join name_words as mailboxes
        on name_words.word = mailboxes.word and mailboxes.kind = 'shared'
    where
        name_words.kind = 'neutral'
        and departments.word is null
        and mailboxes.word is null
),

shared_words as (
    select word
    from name_words
    where kind = 'shared'
    union
    select word
    from departments
),

-- Some words stand for a mailbox only where no other word stands beside them.
judged as (
    select
        words.account_key,
        words.named_by,
        count(*) as word_count,
        count(shared_words.word) as shared_count,
        sum(
            case
                when shared_words.word is not null then 0
                when neutral_words.word is not null or length(words.word) = 1 then 1
                else 0
            end
        ) as neutral_count,
        min(case when other_words.kind = 'service' then words.word end) as service_word,
        min(case when other_words.kind = 'break_glass' then words.word end) as break_glass_word,
        min(
            case
                when words.word in ('mailbox', 'inbox', 'shared', 'team', 'group') then words.word
            end
        ) as mailbox_word,
        max(case when words.word in ('glass', 'breakglass') then 1 else 0 end) as is_glass,
        max(case when words.word in ('break', 'breakglass') then 1 else 0 end) as is_break
    from words
    left join name_words as other_words
        on words.word = other_words.word and other_words.kind in ('service', 'break_glass')
    left join shared_words on words.word = shared_words.word
    left join neutral_words on words.word = neutral_words.word
    group by words.account_key, words.named_by
),

unioned as (
    select
        stated_kinds.account_key,
        stated_words.kind as account_kind,
        stated_kinds.kind_rule,
        true as is_definite
    from stated_kinds
    inner join stated_words on stated_kinds.word = stated_words.word
    where stated_words.kind = 'human' or not stated_kinds.is_of_people
    union all
    select
        path_kinds.account_key,
        stated_words.kind as account_kind,
        path_kinds.kind_rule,
        stated_words.kind in ('service', 'shared', 'break_glass') as is_definite
    from path_kinds
    inner join stated_words on path_kinds.word = stated_words.word
    union all
    select
        account_key,
        'break_glass' as account_kind,
        named_by || ': ' || coalesce(break_glass_word, 'break glass') as kind_rule,
        true as is_definite
    from judged
    where break_glass_word is not null or (is_glass = 1 and is_break = 1)
    union all
    select
        account_key,
        'service' as account_kind,
        named_by || ': ' || service_word as kind_rule,
        false as is_definite
    from judged
    where service_word is not null
    union all
    -- What may be either is a mailbox where there is an address, and a service where there is none.
    select
        judged.account_key,
        'shared' as account_kind,
        judged.named_by || ': ' || coalesce(judged.mailbox_word, 'nothing but words for a mailbox')
            as kind_rule,
        false as is_definite
    from judged
    inner join accounts on judged.account_key = accounts.account_key
    where
        (
            (
                judged.shared_count > 0
                and judged.shared_count + judged.neutral_count = judged.word_count
            )
            or judged.mailbox_word is not null
        )
        and (judged.service_word is null or accounts.stated_email <> '')
    union all
    select
        account_key,
        'service' as account_kind,
        source_field || ': ' || attribute_value as kind_rule,
        false as is_definite
    from attributes
    where meaning = 'application'
    union all
    select
        account_key,
        account_kind,
        kind_rule,
        false as is_definite
    from {{ ref('int_kind_claims_learned') }}
),

undecided as (
    select unioned.*
    from unioned
    left join decided on unioned.account_key = decided.account_key
    left join linked on unioned.account_key = linked.account_key
    where decided.account_key is null and linked.account_key is null
),

claims as (
    select * from undecided
    union all
    select
        account_key,
        account_kind,
        kind_rule,
        true as is_definite
    from decided
    union all
    select
        account_key,
        account_kind,
        kind_rule,
        true as is_definite
    from linked
)

select
    account_key,
    account_kind,
    is_definite,
    min(kind_rule) as kind_rule
from claims
group by account_key, account_kind, is_definite
