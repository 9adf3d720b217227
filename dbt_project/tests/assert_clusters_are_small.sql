-- A person with very many accounts is more often a key that is nobody's own. Look, and add it to
-- generic_identifiers.
{{ config(severity='warn') }}

select
    duplicates.identity_id,
    duplicates.display_name,
    max(duplicates.cluster_size) as cluster_size
from {{ ref('duplicate_identities') }} as duplicates
cross join {{ ref('int_match_thresholds') }} as settings
where
    settings.threshold = 'max_cluster_size'
    and duplicates.cluster_size > settings.value
group by duplicates.identity_id, duplicates.display_name
