-- Warns about a roster no row of which says whether its person works here: no owner can be called
-- active, and none to have left.
{{ config(severity='warn') }}

select
    directory_id,
    employment_gap,
    employment_action as remedy
from {{ ref('directories') }}
where unknown_employment_count > 0 and unknown_employment_count = account_count
