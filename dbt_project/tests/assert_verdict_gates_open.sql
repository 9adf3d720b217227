-- Fails while a verdict cannot be given, and says why and what opens it. A warning: the other
-- findings stand.
{{ config(severity='warn') }}

select
    gate,
    reason,
    remedy
from {{ ref('verdict_gates') }}
where not is_open
