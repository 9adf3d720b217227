-- Many accounts that fit several persons mean that something is missing which would tell them
-- apart.
{{ config(severity='warn') }}

with counted as (
    select
        count(*) as account_count,
        count(case when status = 'ambiguous' then 1 end) as ambiguous_count
    from {{ ref('identity_accounts') }}
    where not is_authoritative
)

select
    counted.ambiguous_count,
    counted.account_count
from counted
cross join {{ ref('int_match_thresholds') }} as thresholds
where
    thresholds.threshold = 'max_ambiguous_share'
    and counted.ambiguous_count > thresholds.value * counted.account_count
