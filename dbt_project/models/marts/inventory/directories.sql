-- Grain: one connected directory.
with directories as (
    select * from {{ ref('int_directories_assessed') }}
),

rosters as (
    select * from {{ ref('int_rosters_assessed') }}
    where unknown_count > 0
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
    directories.content_as_of,
    case
        when directories.coverage = 'full' and rosters.directory_id is not null then 'partial'
        else directories.coverage
    end as coverage,
    directories.missing_permissions,
    cast(directories.gap_count + coalesce(rosters.unknown_count, 0) as bigint) as gap_count,
    case
        when directories.is_authoritative and directories.has_snapshot
            then cast(coalesce(rosters.unknown_count, 0) as bigint)
    end as unknown_employment_count,
    case
        when rosters.unknown_count = rosters.row_count
            then 'no row says whether its person works here: ' || rosters.employment_gap
        when rosters.unknown_count > 0
            then {{ as_text('rosters.unknown_count') }}
                || ' rows do not say whether their person works here; first: '
                || rosters.employment_gap
    end as employment_gap,
    rosters.employment_action,
    facts.account_count,
    directories.latest_attempt_at,
    directories.problem_message,
    directories.problem_remedy
from directories
left join rosters on directories.directory_id = rosters.directory_id
left join facts on directories.directory_id = facts.directory_id
