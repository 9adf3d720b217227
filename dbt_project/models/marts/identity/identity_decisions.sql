-- Grain: one decision of a person that was not undone.
select
    decision_id,
    verb,
    account_key,
    target,
    reason,
    decided_by,
    decided_at,
    expires_at,
    state,
    contradiction,
    decided_account_key,
    decided_target,
    carried_by
from {{ ref('int_decisions_judged') }}
