-- Grain: one account that belongs to a person before the accounts of directories without people are
-- looked at.
select
    links.account_key,
    links.person_key,
    links.confidence
from {{ ref('int_links_learned') }} as links
union all
select
    clusters.node as account_key,
    links.person_key,
    links.confidence
from {{ ref('int_links_clustered') }} as links
inner join {{ ref('int_unlinked_clusters') }} as clusters on links.cluster_key = clusters.component
union all
select
    clusters.node as account_key,
    persons.person_key,
    cast(null as double) as confidence
from {{ ref('int_persons_unrostered') }} as persons
inner join {{ ref('int_unlinked_clusters') }} as clusters
    on persons.cluster_key = clusters.component
