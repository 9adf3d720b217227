-- Grain: one person known only by identifiers that accounts outside the rosters, none of them in a
-- directory of people, have in common.
with clusters as (
    select
        clusters.component as cluster_key,
        clusters.node as account_key
    from {{ ref('int_unlinked_clusters') }} as clusters
    left join {{ ref('int_person_accounts') }} as known on clusters.node = known.account_key
    left join {{ ref('int_links_remaining') }} as linked
        on clusters.component = linked.cluster_key
    where known.account_key is null and linked.cluster_key is null
),

crowds as (
    select
        cluster_key,
        min(account_key) as first_account_key
    from clusters
    group by cluster_key
    having count(*) > 1
),

shared_keys as (
    select
        crowds.cluster_key,
        min(
            case
                when edges.key_type in ('email', 'employee_id')
                    then edges.key_type || ':' || edges.key_value
            end
        ) as anchor
    from crowds
    inner join clusters on crowds.cluster_key = clusters.cluster_key
    inner join {{ ref('int_unlinked_edges') }} as edges
        on clusters.account_key = edges.account_key
    group by crowds.cluster_key
),

taken as (
    select person_key from {{ ref('int_persons') }}
)

select
    crowds.cluster_key,
    case
        when shared_keys.anchor is not null and taken.person_key is null then shared_keys.anchor
        else 'account:' || crowds.first_account_key
    end as person_key
from crowds
left join shared_keys on crowds.cluster_key = shared_keys.cluster_key
left join taken on shared_keys.anchor = taken.person_key
