-- Grain: one IAM user that is a break-glass account by what its like have in common: a word of the
-- user name, or a learned marker, that only a handful of users have, no person and no program among
-- them: all have a password, nearly all no key in use, most are unused, half are administrators.
-- Where rights or passwords could not be read nothing is said.
with accounts as (
    select
        accounts.account_key,
        accounts.directory_id,
        accounts.login_words,
        {{ regexp_replace_all('accounts.login_words', '[0-9]+', '') }} as stem,
        not accounts.lists_people
        and people.account_key is null
        and activity.has_console_password as is_candidate,
        coalesce(rights.is_admin, false) as is_admin,
        coalesce(activity.active_key_count, 1) = 0 as is_without_key,
        coalesce(activity.never_used, false) or activity.activity = 'stale' as is_unused
    from {{ ref('int_vocabulary_accounts') }} as accounts
    inner join {{ ref('int_account_activity') }} as activity
        on accounts.account_key = activity.account_key
    inner join {{ ref('int_account_rights') }} as rights
        on accounts.account_key = rights.account_key
    left join {{ ref('int_vocabulary_people') }} as people
        on accounts.account_key = people.account_key
    where not accounts.is_authoritative
),

-- What a person, a mailbox or an application has in common with the rest is no sign.
affixes as (
    select affix from {{ ref('username_affixes') }}
    union
    select affix from {{ ref('int_affixes_learned') }}
),

words as (
    select distinct
        account_key,
        word
    from (
        select
            account_key,
            {{ each(split_words('login_words')) }} as word
        from accounts
    ) as split
    where length(word) > 1
),

signs as (
    select
        words.account_key,
        'user name' as field,
        words.word as sign_value,
        false as is_marker
    from words
    left join affixes on words.word = affixes.affix
    where affixes.affix is null and not {{ regexp_matches('words.word', '[0-9]') }}
    union all
    select
        signs.account_key,
        signs.field,
        signs.sign_value,
        true as is_marker
    from {{ ref('int_kind_signs') }} as signs
    inner join {{ ref('int_kind_markers') }} as markers
        on
            signs.directory_kind = markers.directory_kind
            and signs.field = markers.field
            and signs.sign_value = markers.sign_value
    where signs.sign_value <> '*'
),

counted as (
    select
        signs.field,
        signs.sign_value,
        signs.is_marker,
        count(*) as accounts,
        count(distinct accounts.directory_id) as directories,
        count(distinct accounts.stem) as stems,
        count(case when accounts.is_candidate then 1 end) as candidates,
        count(case when accounts.is_admin then 1 end) as admins,
        count(case when accounts.is_without_key then 1 end) as without_key,
        count(case when accounts.is_unused then 1 end) as unused
    from signs
    inner join accounts on signs.account_key = accounts.account_key
    group by signs.field, signs.sign_value, signs.is_marker
),

-- One login in several AWS accounts may be a person's; two of a kind in one account are not.
emergency as (
    select
        field,
        sign_value,
        accounts
    from counted
    where
        accounts > directories
        and accounts <= 5 * directories
        and candidates = accounts
        and admins >= 0.5 * accounts
        and without_key >= 0.8 * accounts
        and unused >= 0.5 * accounts
        and case when is_marker then accounts >= 5 else stems <= 0.5 * accounts end
),

ranked as (
    select
        signs.account_key,
        signs.field,
        signs.sign_value,
        row_number() over (
            partition by signs.account_key
            order by -emergency.accounts, signs.field, signs.sign_value
        ) as preference
    from signs
    inner join emergency
        on signs.field = emergency.field and signs.sign_value = emergency.sign_value
)

select
    account_key,
    'learned: unused administrators alone have ' || sign_value || ' in their ' || field as kind_rule
from ranked
where preference = 1
