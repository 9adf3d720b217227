-- Grain: one cluster of accounts of directories of people that all its evidence together gives to a person of the roster.
with

clusters as (
    select node as account_key, component as cluster_key
    from {{ ref('int_unlinked_clusters') }}
),

evidence as (
    select
        clusters.cluster_key,
        evidence.person_key,
        evidence.rule,
        evidence.family,
        evidence.weight
    from {{ ref('int_evidence_clustered') }} as evidence
    inner join clusters on evidence.account_key = clusters.account_key
),

{{ scores('evidence', 'cluster_key') }},

certain as (
    select
        ranked.cluster_key,
        ranked.person_key,
        ranked.confidence
    from ranked
    where {{ is_certain() }}
),

-- one ordinary account a directory a person: of several clusters that want the same place the best one gets it, if it is clearly best
rivals as (
    select
        certain.cluster_key,
        certain.person_key,
        profiles.directory_id,
        certain.confidence,
        lead(certain.confidence) over (
            partition by certain.person_key, profiles.directory_id order by certain.confidence desc, certain.cluster_key
        ) as next_confidence,
        row_number() over (
            partition by certain.person_key, profiles.directory_id order by certain.confidence desc, certain.cluster_key
        ) as place
    from certain
    inner join clusters on certain.cluster_key = clusters.cluster_key
    inner join {{ ref('int_account_profiles') }} as profiles
        on clusters.account_key = profiles.account_key and not profiles.is_admin_twin
),

losers as (
    select distinct cluster_key
    from rivals
    where place > 1
        or confidence / (1 - confidence) < {{ threshold('assign_odds') }} * coalesce(next_confidence / (1 - next_confidence), 0)
)

select
    certain.cluster_key,
    certain.person_key,
    certain.confidence
from certain
left join losers on certain.cluster_key = losers.cluster_key
where losers.cluster_key is null
