-- Grain: one person, of the authoritative directories or known only by the keys their accounts
-- share.
select
    identity_id,
    display_name,
    anchor,
    is_in_roster,
    employee_id,
    email,
    employment_status,
    terminated_on,
    account_count,
    as_of
from {{ ref('int_identities_unioned') }}
