-- Grain: one account of any directory, and the identity it belongs to, if that is certain. A
-- service, a shared or a break-glass account is nobody's own.
with assignments as (
    select * from {{ ref('int_identity_assignments') }}
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

kinds as (
    select * from {{ ref('int_account_kinds') }}
),

clusters as (
    select
        node as account_key,
        component as cluster_key
    from {{ ref('int_unlinked_clusters') }}
),

rules as (
    select
        account_key,
        person_key,
        {{ list_text("case when family <> 'negative' then rule end") }} as rules,
        max(case when rule like 'shared_%' then weight end) as shared_weight
    from {{ ref('int_identity_evidence') }}
    group by account_key, person_key
),

ranked_candidates as (
    select
        scores.cluster_key,
        count(*) as candidate_count,
        {{ list_text("case when scores.place <= 10 then persons.label end", '; ') }} as candidates,
        max(case when scores.place = 1 then scores.person_key end) as best_person_key
    from {{ ref('int_match_scores') }} as scores
    inner join {{ ref('int_persons') }} as persons on scores.person_key = persons.person_key
    group by scores.cluster_key
),

kept as (
    select
        accounts.account_key,
        accounts.directory_id,
        accounts.is_authoritative,
        case
            when kinds.may_be_a_person and assignments.status in ('assigned', 'manual')
                then assignments.person_key
        end as person_key,
        case when kinds.may_be_a_person then assignments.status else 'unmatched' end as status,
        assignments.confidence
    from accounts
    inner join assignments on accounts.account_key = assignments.account_key
    inner join kinds on accounts.account_key = kinds.account_key
)

select
    kept.account_key,
    kept.directory_id,
    kept.is_authoritative,
    kept.person_key,
    ids.identity_id,
    kept.status,
    coalesce(kept.confidence, rules.shared_weight) as confidence,
    case when kept.is_authoritative then 'roster' else rules.rules end as rules,
    ranked_candidates.candidates,
    coalesce(ranked_candidates.candidate_count, 0) as candidate_count
from kept
left join {{ ref('int_identity_ids') }} as ids on 'person:' || kept.person_key = ids.identity_key
left join clusters on kept.account_key = clusters.account_key
left join ranked_candidates on clusters.cluster_key = ranked_candidates.cluster_key
left join rules
    on
        kept.account_key = rules.account_key
        and coalesce(
            kept.person_key,
            case when kept.status = 'ambiguous' then ranked_candidates.best_person_key end
        ) = rules.person_key
