-- Grain: one connected directory, with what only its own kind can tell, and how many accounts it
-- holds.
with directories as (
    select * from {{ ref('int_directories_assessed') }}
),

aws_accounts as (
    select * from {{ ref('stg_aws_iam__accounts') }}
),

counts as (
    select
        directory_id,
        count(*) as account_count
    from {{ ref('int_accounts_unioned') }}
    group by directory_id
)

select
    directories.directory_id,
    aws_accounts.alias as aws_account_alias,
    case when directories.has_snapshot then coalesce(counts.account_count, 0) end as account_count
from directories
left join aws_accounts on directories.directory_id = aws_accounts.directory_id
left join counts on directories.directory_id = counts.directory_id
