-- Grain: one cluster of accounts that strong identifiers gave to nobody, and one person all its
-- evidence points to, with the confidence it adds up to.
with clusters as (
    select
        node as account_key,
        component as cluster_key
    from {{ ref('int_unlinked_clusters') }}
),

gathered as (
    select
        account_key,
        person_key,
        rule,
        family,
        weight
    from {{ ref('int_evidence_clustered') }}
    union all
    select
        account_key,
        person_key,
        rule,
        family,
        weight
    from {{ ref('int_evidence_remaining') }}
),

evidence as (
    select
        clusters.cluster_key,
        gathered.person_key,
        gathered.rule,
        gathered.family,
        gathered.weight
    from gathered
    inner join clusters on gathered.account_key = clusters.account_key
    left join {{ ref('int_person_unlinks') }} as refused
        on
            gathered.account_key = refused.account_key
            and gathered.person_key = refused.person_key
    where refused.account_key is null
),

{{ scores('evidence', 'cluster_key') }}

select
    cluster_key,
    person_key,
    confidence,
    place
from ranked
