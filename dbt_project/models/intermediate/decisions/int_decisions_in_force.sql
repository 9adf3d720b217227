-- Grain: one decision of a person that is in force.
select
    decision_id,
    verb,
    account_key,
    target,
    reason,
    decided_by,
    decided_at
from {{ ref('int_decisions_carried') }}
where is_in_force
