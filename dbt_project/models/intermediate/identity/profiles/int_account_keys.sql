-- Grain: one normalised identifier of an account, and the field it stands in. Equal keys of one
-- type mean the same thing in every directory. Generic ones (admin, n/a, blank) are no keys.
with claims as (
    select * from {{ ref('int_account_claims') }}
),

unroutable as (
    select * from {{ ref('unroutable_domains') }}
),

-- Case before pattern: a pattern in a filter would be tried on every claim, whatever its form.
emails as (
    select
        account_key,
        claim_role,
        source_field,
        claimed,
        case
            when form in ('email', 'any') and claimed like '%@%'
                then {{ normalise_email('claimed') }}
        end as key_value
    from claims
),

routable_emails as (
    select emails.*
    from emails
    left join unroutable
        on regexp_replace(emails.key_value, '^.*[.@]', '') = unroutable.top_level
    where emails.key_value is not null and unroutable.top_level is null
),

employee_ids as (
    select
        account_key,
        claim_role,
        source_field,
        claimed,
        case form when 'prior_employee_id' then 'prior_employee_id' else 'employee_id' end
            as key_type,
        case
            when form in ('employee_id', 'prior_employee_id', 'any')
                then {{ normalise_employee_id('claimed') }}
        end as key_value
    from claims
    where
        form in ('employee_id', 'prior_employee_id')
        or (form = 'any' and {{ regexp_matches('claimed', '^[A-Za-z]{0,4}[-_ ]?[0-9]+$') }})
),

unioned as (
    select
        account_key,
        claim_role,
        'email' as key_type,
        key_value,
        source_field,
        claimed as raw_value
    from routable_emails
    union all
    select
        account_key,
        claim_role,
        key_type,
        key_value,
        source_field,
        claimed as raw_value
    from employee_ids
    where key_value is not null
    union all
    select
        account_key,
        claim_role,
        'username' as key_type,
        lower(claimed) as key_value,
        source_field,
        claimed as raw_value
    from claims
    where
        form = 'username'
        or (form = 'any' and claimed not like '% %' and claimed not like '%@%')
    union all
    select
        account_key,
        'own' as claim_role,
        'username' as key_type,
        uid as key_value,
        'username' as source_field,
        uid as raw_value
    from {{ ref('int_account_logins') }}
    where uid <> ''
    union all
    select
        account_key,
        claim_role,
        'external_id' as key_type,
        claimed as key_value,
        source_field,
        claimed as raw_value
    from claims
    where form = 'external_id'
)

select
    account_key,
    claim_role,
    key_type,
    key_value,
    source_field,
    min(raw_value) as raw_value
from unioned
group by account_key, claim_role, key_type, key_value, source_field
