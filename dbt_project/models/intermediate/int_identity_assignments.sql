-- Grain: one account outside the rosters: the roster person it belongs to, or why that is not
-- certain.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where not is_authoritative
),

scores as (
    select * from {{ ref('int_match_scores') }}
    where relation = 'identity'
),

persons as (
    select * from {{ ref('int_persons') }}
),

settings as (
    select
        max(case when setting = 'min_confidence' then value end) as min_confidence,
        max(case when setting = 'min_odds_ratio' then value end) as min_odds_ratio
    from {{ ref('identity_settings') }}
),

candidates as (
    select
        scores.account_key,
        count(*) as candidate_count,
        {{ list_text('persons.label', '; ') }} as candidates
    from scores
    inner join persons on scores.identity_id = persons.identity_id
    group by scores.account_key
),

judged as (
    select
        best.account_key,
        best.identity_id,
        best.confidence,
        best.rules,
        candidates.candidates,
        candidates.candidate_count,
        best.confidence >= settings.min_confidence as is_likely,
        best.odds >= settings.min_odds_ratio * coalesce(runner_up.odds, 0) as is_clear
    from scores as best
    inner join candidates on best.account_key = candidates.account_key
    cross join settings
    left join scores as runner_up
        on best.account_key = runner_up.account_key and runner_up.preference = 2
    where best.preference = 1
)

select
    accounts.account_key,
    accounts.directory_id,
    case when judged.is_likely and judged.is_clear then judged.identity_id end as identity_id,
    case
        when judged.is_likely and judged.is_clear then 'assigned'
        when judged.is_likely then 'ambiguous'
        else 'unmatched'
    end as status,
    judged.confidence,
    judged.rules,
    judged.candidates,
    coalesce(judged.candidate_count, 0) as candidate_count
from accounts
left join judged on accounts.account_key = judged.account_key
