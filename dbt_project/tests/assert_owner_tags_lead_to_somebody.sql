-- Many owner tags that lead to nobody mean that they are written in a way the rosters do not know,
-- or that a roster is missing.
{{ config(severity='warn') }}

with tags as (
    select
        account_key,
        source_field,
        min(case when outcome = 'unresolved' then 1 else 0 end) as is_unresolved
    from {{ ref('int_account_owners') }}
    where source_field like 'tag %'
    group by account_key, source_field
),

counted as (
    select
        count(*) as tag_count,
        sum(is_unresolved) as unresolved_count
    from tags
)

select
    counted.unresolved_count,
    counted.tag_count
from counted
cross join {{ ref('int_match_thresholds') }} as thresholds
where
    thresholds.threshold = 'max_unresolved_owner_share'
    and counted.unresolved_count > thresholds.value * counted.tag_count
