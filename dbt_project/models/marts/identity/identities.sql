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
    manager_identity_id,
    account_count,
    as_of
from {{ ref('int_identities_unioned') }}
union all
select
    ids.identity_id,
    'service' as identity_kind,
    min(services.service_name) as display_name,
    services.service_key as anchor,
    false as is_in_roster,
    {{ as_text('null') }} as employee_id,
    {{ as_text('null') }} as email,
    'unknown' as employment_status,
    cast(null as timestamp) as terminated_on,
    {{ as_text('null') }} as manager_identity_id,
    cast(count(*) as integer) as account_count,
    max(services.as_of) as as_of
from {{ ref('int_service_accounts') }} as services
inner join {{ ref('int_identity_ids') }} as ids on services.service_key = ids.identity_key
group by ids.identity_id, services.service_key
