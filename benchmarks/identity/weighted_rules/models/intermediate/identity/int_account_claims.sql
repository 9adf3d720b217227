-- Grain: one identifier as an account carries it, before normalisation.
-- `claim_role` is own (the account says who it is) or owner (it says who answers for it); `form` is what the identifier may be.
with

accounts as (
    select *
    from {{ ref('int_accounts_unioned') }}
),

attributes as (
    select *
    from {{ ref('int_account_attributes') }}
),

alias_emails as (
    select account_key, {{ each(json_elements('alias_emails')) }} as element
    from accounts
    where alias_emails is not null
),

claims as (
    select account_key, 'own' as claim_role, 'email' as form, email as claimed, 'email' as source_field
    from accounts
    union all
    select account_key, 'own', 'email', element, 'alias_emails'
    from alias_emails
    union all
    select account_key, 'own', 'email', username, 'username'
    from accounts
    where username like '%@%'
    union all
    select account_key, 'own', 'employee_id', employee_id, 'employee_id'
    from accounts
    union all
    select account_key, 'owner', 'any', manager_id, 'manager_id'
    from accounts
    union all
    select
        account_key,
        case when meaning in ('owner', 'team') then meaning else 'own' end,
        case when meaning in ('email', 'employee_id', 'username', 'external_id') then meaning else 'any' end,
        attribute_value,
        source_field
    from attributes
    where meaning in ('email', 'employee_id', 'username', 'external_id', 'person', 'owner', 'team')
),

present as (
    select
        account_key,
        claim_role,
        form,
        source_field,
        -- the first part of a distinguished name is what it names
        case
            when {{ regexp_matches('lower(claimed)', '^(uid|cn|mail)=[^,]+,') }}
                then trim(regexp_replace(regexp_replace(claimed, ',.*$', ''), '^[^=]*=', ''))
            else trim(claimed)
        end as claimed
    from claims
    where trim(claimed) <> ''
)

select
    present.account_key,
    present.claim_role,
    present.form,
    present.source_field,
    present.claimed
from present
left join {{ ref('identity_generic_identifiers') }} as generic on lower(present.claimed) = generic.identifier
where generic.identifier is null or present.claim_role <> 'own'
