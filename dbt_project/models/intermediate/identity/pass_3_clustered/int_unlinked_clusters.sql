-- Grain: one account no person of the roster has a strong claim to, and the cluster that strong
-- identifiers put it in.
{{ config(materialized='connected_components') }}
select
    account_key as node,
    hub_key as neighbour
from {{ ref('int_unlinked_edges') }}
union all
select
    profiles.account_key as node,
    profiles.account_key as neighbour
from {{ ref('int_account_profiles') }} as profiles
left join {{ ref('int_links_learned') }} as linked on profiles.account_key = linked.account_key
where linked.account_key is null
    and not profiles.is_authoritative and not profiles.is_no_person
