-- Grain: one decision of a person that was not undone. Only those in force count today.
with source as (
    select * from {{ source('ledger', 'decisions') }}
)

select
    decision_id,
    verb,
    account_key,
    target,
    reason,
    decided_by,
    decided_at,
    expires_at,
    account_was_rostered,
    account_employee_id,
    account_email,
    target_was_rostered,
    target_employee_id,
    target_email,
    expires_at is null or expires_at > evaluated_at as is_in_force
from source
