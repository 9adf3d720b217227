-- Grain: one account of any directory, and the identity it belongs to, if that is certain; unknown
-- for what a self-check takes out.
select
    identity_accounts.account_key,
    identity_accounts.directory_id,
    identity_accounts.is_authoritative,
    case when quarantined.account_key is null then identity_accounts.person_key end as person_key,
    case when quarantined.account_key is null then identity_accounts.identity_id end as identity_id,
    case when quarantined.account_key is null then identity_accounts.status else 'unknown' end
        as status,
    case when quarantined.account_key is null then identity_accounts.confidence end as confidence,
    case when quarantined.account_key is null then identity_accounts.rules end as rules,
    identity_accounts.candidates,
    identity_accounts.candidate_count,
    quarantined.reason as unknown_reason
from {{ ref('int_identity_accounts') }} as identity_accounts
left join {{ ref('int_accounts_quarantined') }} as quarantined
    on identity_accounts.account_key = quarantined.account_key
