-- Grain: one account of any directory; for a roster, one person. Root users are not accounts.
-- display_name, email and employee_id are for people; the stated_ columns are what the directory
-- itself says, without tags and stand-ins.
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
        max(case when meaning = 'email' then attribute_value end) as email,
        max(case when meaning = 'employee_id' then attribute_value end) as employee_id,
        max(case when meaning = 'person' then attribute_value end) as display_name
    from {{ ref('int_account_attributes') }}
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
        {{ as_text('null') }} as stated_name,
        {{ as_text('null') }} as given_name,
        {{ as_text('null') }} as middle_name,
        {{ as_text('null') }} as family_name,
        {{ as_text('null') }} as preferred_name,
        coalesce(tags.email, case when users.username like '%_@_%' then users.username end)
            as email,
        {{ as_text('null') }} as stated_email,
        {{ as_text('null') }} as alias_emails,
        tags.employee_id,
        {{ as_text('null') }} as stated_employee_id,
        {{ as_text('null') }} as prior_employee_id,
        {{ as_text('null') }} as stated_kind,
        {{ as_text('null') }} as worker_type,
        {{ as_text('null') }} as department,
        {{ as_text('null') }} as manager_id,
        {{ as_text('null') }} as status,
        cast(null as timestamp) as hired_on,
        cast(null as timestamp) as terminated_on,
        {{ as_text('null') }} as invalid_fields,
        {{ as_text('null') }} as known_fields,
        true as is_enabled,
        users.created_at,
        cast(null as timestamp) as last_active_at,
        users.tags_gap as identity_gap,
        users.mfa_enabled,
        users.mfa_evidence_as_of,
        users.other_credential_count,
        users.other_credentials,
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
        display_name as stated_name,
        given_name,
        middle_name,
        family_name,
        preferred_name,
        coalesce(email, case when username like '%_@_%' then username end) as email,
        email as stated_email,
        alias_emails,
        employee_id,
        employee_id as stated_employee_id,
        prior_employee_id,
        account_kind as stated_kind,
        worker_type,
        department,
        manager_id,
        status,
        hired_on,
        terminated_on,
        invalid_fields,
        known_fields,
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
        cast(null as timestamp) as mfa_evidence_as_of,
        cast(null as bigint) as other_credential_count,
        {{ as_text('null') }} as other_credentials,
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
    unioned.stated_name,
    unioned.given_name,
    unioned.middle_name,
    unioned.family_name,
    unioned.preferred_name,
    unioned.email,
    unioned.stated_email,
    unioned.alias_emails,
    unioned.employee_id,
    unioned.stated_employee_id,
    unioned.prior_employee_id,
    unioned.stated_kind,
    unioned.worker_type,
    unioned.department,
    unioned.manager_id,
    unioned.status,
    unioned.hired_on,
    unioned.terminated_on,
    unioned.invalid_fields,
    unioned.known_fields,
    unioned.is_enabled,
    unioned.created_at,
    unioned.last_active_at,
    unioned.identity_gap,
    unioned.mfa_enabled,
    unioned.mfa_evidence_as_of,
    cast(unioned.other_credential_count as integer) as other_credential_count,
    unioned.other_credentials,
    unioned.permissions_boundary_arn,
    unioned.tags
from unioned
inner join directories on unioned.directory_id = directories.directory_id
