-- Grain: one account of any directory as it stands without its tags and further attributes: what
-- the meaning of those is learned from.
with directories as (
    select * from {{ ref('int_directories_assessed') }}
),

listed_accounts as (
    select
        account_key,
        directory_id,
        native_id,
        coalesce(username, native_id) as username,
        given_name,
        family_name,
        display_name,
        email,
        employee_id,
        prior_employee_id
    from {{ ref('int_accounts_listed') }}
),

users as (
    select
        account_key,
        directory_id,
        user_id as native_id,
        username,
        {{ as_text('null') }} as given_name,
        {{ as_text('null') }} as family_name,
        {{ as_text('null') }} as display_name,
        {{ as_text('null') }} as email,
        {{ as_text('null') }} as employee_id,
        {{ as_text('null') }} as prior_employee_id
    from {{ ref('stg_aws_iam__users') }}
),

unioned as (
    select * from listed_accounts
    union all
    select * from users
),

plain as (
    select
        unioned.account_key,
        unioned.directory_id,
        directories.kind as directory_kind,
        directories.is_authoritative,
        directories.kind <> 'aws_iam' as lists_people,
        lower(trim(unioned.native_id)) as native_id,
        lower(trim(regexp_replace({{ composed('unioned.username') }}, '^.*[\\]', ''))) as username,
        {{ words(fold('unioned.given_name')) }} as given_words,
        {{ one_word(words(fold('unioned.family_name'))) }} as family,
        -- A name in parts says it all.
        case
            when coalesce(unioned.given_name, '') = '' or coalesce(unioned.family_name, '') = ''
                then {{ words(fold('unioned.display_name')) }}
        end as shown,
        {{ normalise_email('unioned.email') }} as email,
        {{ normalise_employee_id('unioned.employee_id') }} as employee_id,
        {{ normalise_employee_id('unioned.prior_employee_id') }} as prior_employee_id
    from unioned
    inner join directories on unioned.directory_id = directories.directory_id
)

select
    account_key,
    directory_id,
    directory_kind,
    is_authoritative,
    lists_people,
    native_id,
    username,
    {{ first_of('given_words') }} as given,
    {{ one_word('given_words') }} as whole_given,
    family,
    shown,
    email,
    employee_id,
    prior_employee_id,
    {{ words(fold("split_part(username, '@', 1)")) }} as login_words,
    regexp_replace({{ letters_and_digits(fold("split_part(username, '@', 1)")) }}, '[0-9]+$', '')
        as base
from plain
