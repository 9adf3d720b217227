-- No finding is about a person of a roster, a break-glass account, or something that is not known.
-- What the rules make otherwise is quarantined before, and never stops a publication.
{{ config(severity='warn') }}

select
    all_findings.finding_id,
    all_findings.finding_type,
    accounts.account_key,
    accounts.account_kind,
    accounts.activity
from {{ ref('all_findings') }} as all_findings
inner join {{ ref('accounts') }} as accounts
    on all_findings.account_key = accounts.account_key
where
    all_findings.status in ('open', 'excepted')
    and all_findings.coverage <> 'none'
    and (
        accounts.is_authoritative
        or (
            accounts.account_kind = 'break_glass'
            and all_findings.finding_type in ('orphaned_account', 'duplicate_identity')
        )
        or (accounts.activity <> 'stale' and all_findings.finding_type = 'stale_account')
    )
