-- Grain: one account of a service, and the service it belongs to: itself, where no other account is
-- of the same service.
with grouped as (
    select * from {{ ref('int_services_grouped') }}
)

select
    kinds.account_key,
    coalesce(grouped.service_name, accounts.username) as service_name,
    'service:' || coalesce(grouped.service_name, kinds.account_key) as service_key,
    accounts.as_of
from {{ ref('int_account_kinds') }} as kinds
inner join {{ ref('int_accounts_unioned') }} as accounts
    on kinds.account_key = accounts.account_key
left join grouped on kinds.account_key = grouped.account_key
where kinds.account_kind = 'service'
