-- Grain: one account, the person it is given to, and how sure that is.
with

profiles as (
    select *
    from {{ ref('int_account_profiles') }}
),

clusters as (
    select
        node as account_key,
        component as cluster_key,
        count(*) over (partition by component) as accounts
    from {{ ref('int_unlinked_clusters') }}
),

rostered as (
    select
        chains.node as account_key,
        persons.person_key,
        cast(1 as double) as confidence
    from {{ ref('int_roster_links') }} as chains
    inner join {{ ref('int_persons_rostered') }} as persons on chains.component = persons.chain
),

registered as (
    select
        clusters.account_key,
        links.person_key,
        links.confidence
    from {{ ref('int_links_registered') }} as links
    inner join clusters on links.cluster_key = clusters.cluster_key
),

evidence as (
    select clusters.cluster_key, evidence.person_key, evidence.rule, evidence.family, evidence.weight
    from {{ ref('int_evidence_clustered') }} as evidence
    inner join clusters on evidence.account_key = clusters.account_key
    union all
    select clusters.cluster_key, evidence.person_key, evidence.rule, evidence.family, evidence.weight
    from {{ ref('int_evidence_registered') }} as evidence
    inner join clusters on evidence.account_key = clusters.account_key
),

{{ scores('evidence', 'cluster_key') }},

-- a candidate good enough alone, and yet not clearly the best
contested as (
    select
        cluster_key,
        max(confidence) as confidence
    from ranked
    where confidence >= {{ threshold('assign_confidence') }} / 2
    group by cluster_key
),

given as (
    select * from rostered
    union all
    select * from {{ ref('int_person_accounts') }}
    union all
    select * from registered
)

select
    profiles.account_key,
    case
        when profiles.is_no_person then null
        when given.person_key is not null then given.person_key
        when clusters.accounts > 1 then 'together:' || clusters.cluster_key
    end as person_key,
    case
        when profiles.is_no_person then 'unmatched'
        when given.person_key is not null and not (given.confidence is null and clusters.accounts = 1) then 'assigned'
        when contested.cluster_key is not null then 'ambiguous'
        when clusters.accounts > 1 then 'assigned'
        else 'unmatched'
    end as status,
    coalesce(given.confidence, contested.confidence) as confidence
from profiles
left join given on profiles.account_key = given.account_key
left join clusters on profiles.account_key = clusters.account_key
left join contested on clusters.cluster_key = contested.cluster_key
