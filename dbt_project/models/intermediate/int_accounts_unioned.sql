-- Grain: one account of any directory; for a roster, one person. Root users are not accounts.
with directories as (
    select * from {{ ref('int_directories_assessed') }}
),

users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

listed_accounts as (
    select * from {{ ref('int_accounts_listed') }}
),

tags as (
    select
        account_key,
        max(case when meaning = 'email' then tag_value end) as email,
        max(case when meaning = 'employee_id' then tag_value end) as employee_id,
        max(case when meaning = 'display_name' then tag_value end) as display_name,
        max(case when meaning = 'account_kind' then tag_value end) as account_kind,
        max(case when meaning = 'break_glass' then lower(tag_value) end) as break_glass
    from {{ ref('int_account_tags_matched') }}
    where preference = 1
    group by account_key
),

aws_iam as (
    select
        users.account_key,
        users.directory_id,
        users.user_id as native_id,
        users.username,
        users.path,
        users.arn,
        coalesce(tags.display_name, users.username) as display_name,
        {{ as_text('null') }} as given_name,
        {{ as_text('null') }} as family_name,
        coalesce(tags.email, case when users.username like '%_@_%' then users.username end)
            as email,
        tags.employee_id,
        case
            when tags.break_glass in ('true', 'yes', '1') then 'break_glass'
            else tags.account_kind
        end as stated_kind,
        true as is_enabled,
        users.created_at,
        cast(null as timestamp) as last_active_at,
        users.tags_gap as identity_gap,
        users.mfa_enabled,
        users.permissions_boundary_arn,
        users.tags
    from users
    left join tags on users.account_key = tags.account_key
),

listed as (
    select
        account_key,
        directory_id,
        native_id,
        coalesce(username, native_id) as username,
        {{ as_text('null') }} as path,
        {{ as_text('null') }} as arn,
        coalesce(
            display_name,
            nullif(trim(concat_ws(' ', coalesce(preferred_name, given_name), family_name)), ''),
            username,
            native_id
        ) as display_name,
        given_name,
        family_name,
        coalesce(email, case when username like '%_@_%' then username end) as email,
        employee_id,
        account_kind as stated_kind,
        is_enabled,
        created_at,
        last_active_at,
        case
            when {{ json_has('invalid_fields', 'email') }} then 'email not readable'
            when {{ json_has('invalid_fields', 'employee_id') }} then 'employee_id not readable'
            when
                not {{ json_has('known_fields', 'email') }}
                and not {{ json_has('known_fields', 'employee_id') }}
                and coalesce(username, '') not like '%_@_%'
                then 'neither email nor employee_id is collected'
        end as identity_gap,
        cast(null as boolean) as mfa_enabled,
        {{ as_text('null') }} as permissions_boundary_arn,
        {{ as_text('null') }} as tags
    from listed_accounts
),

unioned as (
    select * from aws_iam
    union all
    select * from listed
)

select
    unioned.account_key,
    unioned.directory_id,
    directories.kind as directory_kind,
    directories.is_authoritative,
    directories.as_of,
    unioned.native_id,
    unioned.username,
    unioned.path,
    unioned.arn,
    unioned.display_name,
    unioned.given_name,
    unioned.family_name,
    unioned.email,
    unioned.employee_id,
    unioned.stated_kind,
    unioned.is_enabled,
    unioned.created_at,
    unioned.last_active_at,
    unioned.identity_gap,
    unioned.mfa_enabled,
    unioned.permissions_boundary_arn,
    unioned.tags
from unioned
inner join directories on unioned.directory_id = directories.directory_id
