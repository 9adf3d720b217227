-- Grain: one user name or first part of an address, letters only, that some account outside the
-- rosters has. What no account is called need not be made of anybody's name.
select base
from {{ ref('int_account_profiles') }}
where not is_authoritative and base <> ''
union
select email_base as base
from {{ ref('int_account_profiles') }}
where not is_authoritative and email_base <> ''
