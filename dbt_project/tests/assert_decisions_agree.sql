-- No decision in force contradicts another. A warning: the accounts they are about get no verdict,
-- and the rest is published.
{{ config(severity='warn') }}

select
    decision_id,
    verb,
    account_key,
    target,
    decided_by,
    contradiction
from {{ ref('identity_decisions') }}
where contradiction is not null
