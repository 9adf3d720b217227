-- Grain: one roster, with how many of its rows do not say whether their person works here.
select
    directory_id,
    count(*) as row_count,
    count(case when employment_status = 'unknown' then 1 end) as unknown_count,
    min(employment_gap) as employment_gap,
    min(employment_action) as employment_action
from {{ ref('int_roster_rows') }}
group by directory_id
