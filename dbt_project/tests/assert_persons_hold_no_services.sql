-- A service, shared or break-glass account is never a person's own: it has an owner instead.
select
    identity_accounts.account_key,
    identity_accounts.identity_id,
    accounts.account_kind
from {{ ref('identity_accounts') }} as identity_accounts
inner join {{ ref('accounts') }} as accounts
    on identity_accounts.account_key = accounts.account_key
where
    identity_accounts.status = 'assigned'
    and accounts.account_kind in ('service', 'shared', 'break_glass')
