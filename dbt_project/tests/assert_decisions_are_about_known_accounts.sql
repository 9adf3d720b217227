-- Warns about decisions in force that count for nothing: what they are about is in no directory any
-- more, and neither an employee number nor an address leads to it.
{{ config(severity='warn') }}

select
    decision_id,
    verb,
    decided_account_key,
    decided_target,
    'decide anew about the account as it is now; then: certify identity undo ' || decision_id
        as remedy
from {{ ref('identity_decisions') }}
where state = 'dangling'
