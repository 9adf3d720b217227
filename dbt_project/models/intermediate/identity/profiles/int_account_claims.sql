-- Grain: one identifier as an account carries it, before normalisation. claim_role: own (who it
-- is), owner or team (who answers for it). form: what the identifier may be.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

attributes as (
    select
        account_key,
        meaning,
        attribute_value,
        source_field,
        case when meaning in ('owner', 'team') then meaning else 'own' end as claim_role,
        case
            when meaning in ('email', 'employee_id', 'username') then meaning
            else 'any'
        end as form
    from {{ ref('int_account_attributes') }}
),

generic as (
    select * from {{ ref('generic_identifiers') }}
),

alias_emails as (
    select
        account_key,
        {{ each(json_elements('alias_emails')) }} as element
    from accounts
    where alias_emails is not null
),

-- An id at another directory: plain, or a list of issuer and id as Identity Center has it.
external_ids as (
    select
        account_key,
        source_field,
        {{ each(json_elements(json_as_list('attribute_value'))) }} as element
    from attributes
    where meaning = 'external_id'
),

-- A tag can name several owners.
owner_texts as (
    select
        account_key,
        claim_role,
        source_field,
        {{ regexp_replace_all('attribute_value', '[,;<>| ]+', ' ') }} as owner_words
    from attributes
    where meaning = 'owner' and attribute_value like '%@%'
),

owner_words as (
    select
        account_key,
        claim_role,
        source_field,
        {{ each(split_words('trim(owner_words)')) }} as word
    from owner_texts
),

claims as (
    select
        account_key,
        'own' as claim_role,
        'email' as form,
        stated_email as claimed,
        'email' as source_field
    from accounts
    union all
    select
        account_key,
        'own' as claim_role,
        'email' as form,
        element as claimed,
        'alias_emails' as source_field
    from alias_emails
    union all
    select
        account_key,
        'own' as claim_role,
        'email' as form,
        username as claimed,
        'username' as source_field
    from accounts
    where username like '%@%'
    union all
    select
        account_key,
        'own' as claim_role,
        'employee_id' as form,
        stated_employee_id as claimed,
        'employee_id' as source_field
    from accounts
    union all
    select
        account_key,
        'own' as claim_role,
        'prior_employee_id' as form,
        prior_employee_id as claimed,
        'prior_employee_id' as source_field
    from accounts
    union all
    select
        account_key,
        'owner' as claim_role,
        'any' as form,
        manager_id as claimed,
        'manager_id' as source_field
    from accounts
    union all
    select
        account_key,
        'own' as claim_role,
        'external_id' as form,
        coalesce({{ json_member('element', 'Id') }}, {{ json_member('element', 'id') }}, element)
            as claimed,
        source_field
    from external_ids
    union all
    select
        account_key,
        claim_role,
        'email' as form,
        word as claimed,
        source_field
    from owner_words
    where word like '%_@_%'
    union all
    select
        account_key,
        claim_role,
        form,
        attribute_value as claimed,
        source_field
    from attributes
    where
        meaning in ('email', 'employee_id', 'username', 'person', 'team')
        or (meaning = 'owner' and attribute_value not like '%@%')
),

trimmed as (
    select
        account_key,
        claim_role,
        form,
        source_field,
        trim({{ composed('claimed') }}) as claimed
    from claims
    where claimed <> ''
),

-- The first part of a distinguished name is what it names.
present as (
    select
        account_key,
        claim_role,
        form,
        source_field,
        case
            when {{ regexp_matches('lower(claimed)', '^(uid|cn|mail)=[^,]+,') }}
                then trim(regexp_replace(regexp_replace(claimed, ',.*$', ''), '^[^=]*=', ''))
            else claimed
        end as claimed
    from trimmed
    where claimed <> ''
)

select
    present.account_key,
    present.claim_role,
    present.form,
    present.source_field,
    present.claimed
from present
left join generic on lower(present.claimed) = generic.identifier
where generic.identifier is null or present.claim_role <> 'own'
