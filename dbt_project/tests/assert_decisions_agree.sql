-- No decision in force contradicts another.
select
    decision_id,
    verb,
    account_key,
    target,
    decided_by,
    contradiction
from {{ ref('identity_decisions') }}
where contradiction is not null
