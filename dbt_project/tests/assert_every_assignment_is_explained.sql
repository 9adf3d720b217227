-- Nobody is given an account without a reason that can be read.
select
    identity_accounts.account_key,
    identity_accounts.identity_id
from {{ ref('identity_accounts') }} as identity_accounts
left join {{ ref('match_evidence') }} as evidence
    on
        identity_accounts.account_key = evidence.account_key
        and identity_accounts.identity_id = evidence.candidate
where
    identity_accounts.status in ('assigned', 'manual')
    and identity_accounts.identity_id is not null
    and not identity_accounts.is_authoritative
    and evidence.account_key is null
