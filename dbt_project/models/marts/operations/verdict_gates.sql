-- Grain: one kind of verdict that may be given now, or may not, and why.
select
    gate,
    is_open,
    reason,
    remedy,
    as_of
from {{ ref('int_verdict_gates') }}
