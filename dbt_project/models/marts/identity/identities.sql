-- Grain: one person, of the authoritative directories or known only by the keys their accounts
-- share; or one service, whatever number of accounts it has.
select
    identity_id,
    'person' as identity_kind,
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
union all
select
    identity_id,
    'service' as identity_kind,
    min(service_name) as display_name,
    service_key as anchor,
    false as is_in_roster,
    {{ as_text('null') }} as employee_id,
    {{ as_text('null') }} as email,
    'unknown' as employment_status,
    cast(null as timestamp) as terminated_on,
    cast(count(*) as integer) as account_count,
    max(as_of) as as_of
from {{ ref('int_service_accounts') }}
group by identity_id, service_key
