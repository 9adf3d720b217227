-- Grain: one normalised identifier of an account. Equal keys of one type mean the same thing in every directory.
with

claims as (
    select *
    from {{ ref('int_account_claims') }}
),

emails as (
    select
        account_key,
        claim_role,
        source_field,
        {{ normalise_email('claimed') }} as key_value
    from claims
    where form in ('email', 'any')
),

routable_emails as (
    select emails.*
    from emails
    left join {{ ref('identity_unroutable_domains') }} as unroutable
        on regexp_replace(emails.key_value, '^.*[.@]', '') = unroutable.top_level
    where emails.key_value is not null
        and unroutable.top_level is null
),

employee_ids as (
    select
        account_key,
        claim_role,
        source_field,
        form,
        {{ normalise_employee_id('claimed') }} as key_value
    from claims
    where form = 'employee_id'
        or (form = 'any' and {{ regexp_matches('claimed', '^[A-Za-z]{0,4}[-_ ]?[0-9]+$') }})
),

usernames as (
    select
        account_key,
        claim_role,
        source_field,
        lower(claimed) as key_value
    from claims
    where form = 'username'
        or (form = 'any' and claimed not like '% %' and claimed not like '%@%')
),

logins as (
    select *
    from {{ ref('int_account_logins') }}
)

select distinct account_key, claim_role, 'email' as key_type, key_value, source_field
from routable_emails
union all
select distinct account_key, claim_role, 'employee_id' as key_type, key_value, source_field
from employee_ids
where key_value is not null
union all
select distinct account_key, claim_role, 'username' as key_type, key_value, source_field
from usernames
union all
select account_key, 'own' as claim_role, 'username' as key_type, uid as key_value, 'username' as source_field
from logins
where uid <> ''
union all
select distinct account_key, claim_role, 'external_id' as key_type, claimed as key_value, source_field
from claims
where form = 'external_id'
