-- Grain: one account, and the person it belongs to, where that is certain, or the service.
with identity_accounts as (
    select * from {{ ref('int_identity_verdicts') }}
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

ownership as (
    select * from {{ ref('int_ownership_judged') }}
)

select
    identity_accounts.account_key,
    identity_accounts.directory_id,
    coalesce(identity_accounts.identity_id, service_ids.identity_id) as identity_id,
    identity_accounts.status,
    cast(identity_accounts.confidence as double) as confidence,
    identity_accounts.rules,
    identity_accounts.candidates,
    identity_accounts.is_authoritative,
    ownership.owner_identity_id,
    identity_accounts.unknown_reason,
    accounts.as_of
from identity_accounts
inner join accounts on identity_accounts.account_key = accounts.account_key
left join ownership on identity_accounts.account_key = ownership.account_key
left join {{ ref('int_service_accounts') }} as services
    on
        identity_accounts.account_key = services.account_key
        and identity_accounts.unknown_reason is null
left join {{ ref('int_identity_ids') }} as service_ids
    on services.service_key = service_ids.identity_key
