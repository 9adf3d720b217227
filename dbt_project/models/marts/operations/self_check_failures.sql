-- Grain: one account and one self-check it fails. It gets no verdict; all other accounts do.
select
    failures.account_key,
    accounts.directory_id,
    accounts.username,
    failures.check_name,
    failures.detail,
    {{ self_check_remedy('failures.check_name') }} as remedy,
    accounts.as_of
from {{ ref('int_self_check_failures') }} as failures
inner join {{ ref('int_accounts_unioned') }} as accounts
    on failures.account_key = accounts.account_key
