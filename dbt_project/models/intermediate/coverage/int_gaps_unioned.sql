-- Grain: one reason why facts of a directory's current snapshot are not known, and how many rows
-- lack one for it.
with users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

groups as (
    select * from {{ ref('stg_aws_iam__groups') }}
),

listed_accounts as (
    select * from {{ ref('int_accounts_listed') }}
),

aws_gaps as (
    {% for column in [
        'tags_gap', 'boundary_gap', 'groups_gap', 'attached_policies_gap', 'inline_policies_gap',
        'access_keys_gap', 'mfa_gap', 'other_credentials_gap',
    ] %}
        select
            directory_id,
            {{ column }} as gap
        from users
        union all
    {% endfor %}
    {% for column in ['members_gap', 'attached_policies_gap', 'inline_policies_gap'] %}
        select
            directory_id,
            {{ column }} as gap
        from groups
        union all
    {% endfor %}
    select
        directory_id,
        login_profile_gap as gap
    from {{ ref('stg_aws_iam__login_profiles') }}
    union all
    select
        directory_id,
        last_used_gap as gap
    from {{ ref('stg_aws_iam__access_keys') }}
    union all
    select
        directory_id,
        document_gap as gap
    from {{ ref('stg_aws_iam__inline_policies') }}
    union all
    select
        directory_id,
        document_gap as gap
    from {{ ref('stg_aws_iam__managed_policies') }}
    union all
    select
        directory_id,
        summary_gap as gap
    from {{ ref('stg_aws_iam__accounts') }}
),

-- A report that was not read leaves no row for the root user, and no other trace.
unread_root_users as (
    select
        coverage.directory_id,
        coverage.action || ' ' || coverage.outcome as gap
    from {{ ref('stg_pipeline__coverage') }} as coverage
    inner join {{ ref('stg_pipeline__attempts') }} as attempts
        on
            coverage.snapshot_id = attempts.snapshot_id
            and coverage.directory_id = attempts.directory_id
    left join {{ ref('stg_aws_iam__root_users') }} as root_users
        on coverage.directory_id = root_users.directory_id
    where
        attempts.is_current
        and attempts.kind = 'aws_iam'
        and coverage.action in ('iam:GenerateCredentialReport', 'iam:GetCredentialReport')
        and coverage.outcome not in ('ok', 'not_tried')
        and root_users.directory_id is null
),

unreadable_cells as (
    select
        directory_id,
        {{ each(json_elements('invalid_fields')) }} as field
    from listed_accounts
    where invalid_fields is not null
),

unioned as (
    select
        directory_id,
        gap
    from aws_gaps
    where gap is not null
    union all
    select
        directory_id,
        gap
    from unread_root_users
    union all
    select
        directory_id,
        field || ' not readable' as gap
    from unreadable_cells
)

select
    directory_id,
    gap,
    count(*) as row_count
from unioned
group by directory_id, gap
