-- Grain: one connected directory.
with directories as (
    select * from {{ ref('int_directories_assessed') }}
),

facts as (
    select * from {{ ref('int_directory_facts') }}
)

select
    directories.directory_id,
    directories.kind,
    directories.display_name,
    directories.aws_account_id,
    facts.aws_account_alias,
    directories.is_authoritative,
    directories.access_mode,
    directories.status,
    directories.as_of,
    directories.evidence_as_of,
    directories.coverage,
    directories.missing_permissions,
    cast(directories.gap_count as bigint) as gap_count,
    facts.account_count,
    directories.latest_attempt_at,
    directories.problem_message,
    directories.problem_remedy
from directories
left join facts on directories.directory_id = facts.directory_id
