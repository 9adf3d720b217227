-- Everything is judged at one instant by one set of thresholds.
select count(*) as row_count
from {{ ref('int_evaluation') }}
having count(*) <> 1
