-- Grain: one connected directory, with how far its current snapshot can be trusted. A roster in a
-- file is as old as the file's content, however often the same file was read since.
{%- set age_counts_from -%}
    case
        when connections.is_authoritative then current_snapshots.content_as_of
        else current_snapshots.as_of
    end
{%- endset %}
with connections as (
    select * from {{ ref('stg_pipeline__connections') }}
),

evaluation as (
    select * from {{ ref('int_evaluation') }}
),

attempts as (
    select * from {{ ref('stg_pipeline__attempts') }}
),

current_snapshots as (
    select
        directory_id,
        snapshot_id,
        as_of,
        evidence_as_of,
        case when kind = 'file' then coalesce(evidence_as_of, as_of) else as_of end
            as content_as_of,
        row_count,
        directory_identity,
        row_number() over (
            partition by directory_id order by as_of desc, snapshot_id desc
        ) as recency
    from attempts
    where is_current
),

latest_attempts as (
    select
        directory_id,
        snapshot_id,
        status,
        as_of,
        problem_code,
        problem_message,
        problem_action,
        problem_remedy,
        row_number() over (
            partition by directory_id order by as_of desc, snapshot_id desc
        ) as recency
    from attempts
    where is_latest
),

gapped as (
    select
        directory_id,
        sum(row_count) as gap_count
    from {{ ref('int_gaps_unioned') }}
    group by directory_id
),

-- Denied reads that cost us facts, and the one that stopped an attempt altogether.
denials as (
    select
        directory_id,
        coalesce({{ actions_in('gap') }}, replace(gap, ' denied', '')) as action
    from {{ ref('int_gaps_unioned') }}
    where gap like '% denied%'
    union all
    select
        directory_id,
        problem_action as action
    from latest_attempts
    where
        recency = 1
        and status = 'failed'
        and problem_code like '%denied%'
        and problem_action <> ''
),

missing as (
    select
        directory_id,
        {{ list_text('action') }} as permissions
    from denials
    group by directory_id
)

select
    connections.directory_id,
    connections.kind,
    connections.display_name,
    connections.aws_account_id,
    connections.is_authoritative,
    connections.lists_only_active,
    connections.access_mode,
    case
        when latest_attempts.status is null then 'never_synced'
        when latest_attempts.status in ('failed', 'held') then latest_attempts.status
        when current_snapshots.snapshot_id is null then 'never_synced'
        when
            {{ seconds_between(age_counts_from, 'evaluation.evaluated_at') }}
            > evaluation.authoritative_max_age_hours * 3600
            then 'stale'
        else 'fresh'
    end as status,
    current_snapshots.snapshot_id is not null as has_snapshot,
    coalesce(latest_attempts.status, '') = 'complete'
    and current_snapshots.snapshot_id is not null as is_readable,
    current_snapshots.snapshot_id,
    -- Without a snapshot, as much as the connection says.
    coalesce(
        current_snapshots.directory_identity,
        connections.kind || ':' || nullif(connections.aws_account_id, '')
    ) as directory_identity,
    case
        when current_snapshots.snapshot_id is not null
            then coalesce(evaluation.as_of_override, current_snapshots.as_of)
    end as as_of,
    current_snapshots.as_of as read_at,
    current_snapshots.evidence_as_of,
    current_snapshots.content_as_of,
    current_snapshots.row_count,
    case
        when current_snapshots.snapshot_id is null then 'none'
        when gapped.directory_id is not null then 'partial'
        else 'full'
    end as coverage,
    case
        when latest_attempts.status is not null then coalesce(missing.permissions, '')
    end as missing_permissions,
    coalesce(gapped.gap_count, 0) as gap_count,
    latest_attempts.as_of as latest_attempt_at,
    latest_attempts.status as latest_attempt_status,
    latest_attempts.problem_code,
    latest_attempts.problem_message,
    latest_attempts.problem_remedy
from connections
cross join evaluation
left join current_snapshots
    on connections.directory_id = current_snapshots.directory_id and current_snapshots.recency = 1
left join latest_attempts
    on connections.directory_id = latest_attempts.directory_id and latest_attempts.recency = 1
left join gapped on connections.directory_id = gapped.directory_id
left join missing on connections.directory_id = missing.directory_id
