-- Grain: one finding, ever, in one lane: `recorded` is what syncs found; `as_of` is what the last
-- what-if (--as-of) found on top of it, and the next real sync forgets it. A finding that is not
-- true any more is resolved only where that could be seen; unseen, it stays as it was. One of a
-- directory that is not connected any more, or that is another one now, ends as just that; so does
-- a duplicate when that happens to the directory of another of its accounts.
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['lane', 'finding_id'],
        on_schema_change='append_new_columns',
        full_refresh=false,
        pre_hook="{{ forget_what_ifs(this) }}",
    )
}}

with evaluation as (
    select * from {{ ref('int_evaluation') }}
),

findings as (
    select * from {{ ref('int_findings_unioned') }}
),

directories as (
    select * from {{ ref('int_directories_assessed') }}
),

accounts as (
    select * from {{ ref('int_accounts_judgeable') }}
),

credentials as (
    select * from {{ ref('int_credential_verdicts') }}
),

gates as (
    select max(case when gate = 'orphaned_accounts' and is_open then 1 else 0 end) = 1 as is_open
    from {{ ref('int_verdict_gates') }}
),

-- A what-if goes on from an earlier what-if, else from what was recorded up to its own instant.
known_before as (
    {% if is_incremental() %}
        select
            states.*,
            {{ columns_added_since(
                this,
                {'directory_identity': 'varchar', 'ended_at': 'timestamp'},
            ) }}
            row_number() over (partition by states.finding_id order by states.lane) as preference
        from {{ this }} as states
        cross join evaluation
        where
            (not evaluation.is_what_if and states.lane = 'recorded')
            or (evaluation.is_what_if and states.evaluated_at <= evaluation.evaluated_at)
    {% else %}
        select
            *,
            {{ as_text('null') }} as lane,
            {{ as_text('null') }} as status,
            cast(null as timestamp) as first_seen_at,
            cast(null as timestamp) as last_seen_at,
            cast(null as timestamp) as resolved_at,
            cast(null as timestamp) as ended_at,
            {{ as_text('null') }} as directory_identity,
            1 as preference
        from findings
        where false
    {% endif %}
),

previous as (
    select * from known_before
    where preference = 1
),

seen as (
    select
        findings.*,
        'open' as status,
        least(findings.as_of, coalesce(previous.first_seen_at, findings.as_of)) as first_seen_at,
        -- What a wrong clock has dated into the future was not seen then.
        greatest(
            findings.as_of,
            case
                when previous.last_seen_at <= evaluation.evaluated_at then previous.last_seen_at
                else findings.as_of
            end
        ) as last_seen_at,
        cast(null as timestamp) as resolved_at,
        cast(null as timestamp) as ended_at,
        directories.directory_identity
    from findings
    cross join evaluation
    left join previous on findings.finding_id = previous.finding_id
    left join directories on findings.directory_id = directories.directory_id
),

gone as (
    select previous.*
    from previous
    left join findings on previous.finding_id = findings.finding_id
    where findings.finding_id is null
),

-- Every account of a cluster has its own finding, which says of which directory it was.
identities_before as (
    select
        account_key,
        min(directory_identity) as directory_identity
    from previous
    where finding_type = 'duplicate_identity'
    group by account_key
),

partners as (
    select
        finding_id,
        {{ each(json_elements('related_accounts')) }} as account_key
    from gone
    where related_accounts is not null
),

partners_found as (
    select
        partners.finding_id,
        case
            when directories.directory_id is null then 'directory_removed'
            when identities_before.directory_identity <> directories.directory_identity
                then 'directory_changed'
        end as ended_as,
        coalesce(directories.is_readable, false)
        and coalesce(accounts.is_identity_known, true) as is_judged
    from partners
    left join directories on split_part(partners.account_key, ':', 1) = directories.directory_id
    left join accounts on partners.account_key = accounts.account_key
    left join identities_before on partners.account_key = identities_before.account_key
),

partners_judged as (
    select
        finding_id,
        max(ended_as) as ended_as,
        count(case when ended_as is null then 1 end) as left_count,
        count(case when ended_as is null and not is_judged then 1 end) as unjudged_count
    from partners_found
    group by finding_id
),

-- Earlier versions named duplicates by the person too: what is found now replaces it.
replaced as (
    select distinct account_key from findings
    where finding_type = 'duplicate_identity'
),

gone_judged as (
    select
        gone.*,
        gone.status not in ('open', 'excepted') as is_over,
        greatest(directories.as_of, gone.last_seen_at) as judged_as_of,
        greatest(evaluation.evaluated_at, gone.last_seen_at) as noticed_at,
        case
            when directories.directory_id is null then 'directory_removed'
            when gone.directory_identity <> directories.directory_identity
                then 'directory_changed'
            -- A duplicate ends with the directory of another of its accounts, once what is left of
            -- it is one account, or is known to be no duplicate.
            when
                replaced.account_key is null
                and (
                    partners_judged.left_count < 2
                    or (gates.is_open and partners_judged.unjudged_count = 0)
                )
                then partners_judged.ended_as
        end as ended_as,
        case
            when not coalesce(directories.is_readable, false) then false
            when accounts.account_key is null then true
            when gone.finding_type = 'duplicate_identity' and replaced.account_key is not null
                then true
            -- A duplicate is disproved only when every account it was made of could be looked at.
            when gone.finding_type = 'duplicate_identity'
                then gates.is_open and coalesce(partners_judged.unjudged_count, 0) = 0
            when gone.finding_type = 'stale_account' then accounts.is_activity_known
            when gone.finding_type = 'orphaned_account'
                then gates.is_open and accounts.is_ownership_known
            when credentials.credential_key is not null
                then credentials.is_stale is not null
            when gone.credential_key like '%:password' then accounts.is_password_known
            else accounts.are_keys_known
        end as is_judged
    from gone
    cross join gates
    cross join evaluation
    left join directories on gone.directory_id = directories.directory_id
    left join accounts on gone.account_key = accounts.account_key
    left join credentials on gone.credential_key = credentials.credential_key
    left join replaced on gone.account_key = replaced.account_key
    left join partners_judged on gone.finding_id = partners_judged.finding_id
),

unioned as (
    select
        finding_id,
        finding_type,
        severity,
        account_key,
        directory_id,
        credential_key,
        identity_id,
        related_accounts,
        summary,
        evidence,
        remedy,
        first_seen_at,
        last_seen_at,
        resolved_at,
        ended_at,
        directory_identity,
        status,
        coverage,
        as_of
    from seen
    union all
    select
        finding_id,
        finding_type,
        severity,
        account_key,
        directory_id,
        credential_key,
        identity_id,
        related_accounts,
        summary,
        evidence,
        remedy,
        first_seen_at,
        last_seen_at,
        case
            when is_over and resolved_at < first_seen_at then first_seen_at
            when is_over then resolved_at
            when ended_as is null and is_judged then judged_as_of
        end as resolved_at,
        case
            when is_over and coalesce(ended_at, resolved_at) < first_seen_at then first_seen_at
            when is_over then coalesce(ended_at, resolved_at)
            when ended_as is not null then noticed_at
            when is_judged then judged_as_of
        end as ended_at,
        directory_identity,
        case
            when is_over then status
            when ended_as is not null then ended_as
            when is_judged then 'resolved'
            else status
        end as status,
        case
            when is_over then coverage
            when ended_as is null and is_judged then 'full'
            else 'none'
        end as coverage,
        case
            when is_over then as_of
            when ended_as is not null then noticed_at
            when is_judged then judged_as_of
            else as_of
        end as as_of
    from gone_judged
)

select
    evaluation.lane,
    unioned.finding_id,
    unioned.finding_type,
    unioned.severity,
    unioned.account_key,
    unioned.directory_id,
    unioned.credential_key,
    unioned.identity_id,
    unioned.related_accounts,
    unioned.summary,
    unioned.evidence,
    unioned.remedy,
    unioned.first_seen_at,
    unioned.last_seen_at,
    unioned.resolved_at,
    unioned.ended_at,
    unioned.directory_identity,
    unioned.status,
    unioned.coverage,
    unioned.as_of,
    evaluation.evaluated_at
from unioned
cross join evaluation
