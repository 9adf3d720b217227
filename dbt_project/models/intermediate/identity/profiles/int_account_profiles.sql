-- Grain: one account, with what comparing it to a person takes.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

logins as (
    select * from {{ ref('int_account_logins') }}
),

names as (
    select
        account_key,
        given,
        family,
        row_number() over (
            partition by account_key
            order by
                case
                    when source_field = 'name' then 1
                    when source_field in ('former_family_name', 'middle_name') then 4
                    when source_field = 'display_name' then 2
                    else 3
                end,
                case when is_whole then 0 else 1 end,
                given,
                family
        ) as preference
    from {{ ref('int_account_names') }}
    where claim_role = 'own'
),

departments as (
    select
        account_key,
        min(attribute_value) as attribute_value
    from {{ ref('int_account_attributes') }}
    where meaning in ('department', 'team')
    group by account_key
),

kind_claims as (
    select
        account_key,
        max(
            case
                when account_kind = 'break_glass' then 1
                when account_kind in ('service', 'shared') and is_definite then 1
                else 0
            end
        ) = 1 as is_no_person,
        max(case when account_kind in ('service', 'shared') then 1 else 0 end) = 1
            as may_be_no_person
    from {{ ref('int_account_kind_claims') }}
    group by account_key
)

select
    accounts.account_key,
    accounts.directory_id,
    accounts.native_id,
    accounts.is_authoritative,
    accounts.directory_kind <> 'aws_iam' as lists_people,
    names.given,
    names.family,
    logins.uid,
    logins.core,
    logins.base,
    logins.is_number,
    logins.email_base,
    logins.has_admin_affix
    or coalesce({{ says_admin('accounts.stated_name') }}, false) as is_admin_twin,
    case
        when
            logins.has_contractor_affix
            or coalesce({{ says_contractor('accounts.worker_type') }}, false)
            then 'contractor'
        when accounts.worker_type <> '' then 'employee'
    end as worker_class,
    {{ words(fold('coalesce(accounts.department, departments.attribute_value)')) }} as department,
    accounts.created_at,
    coalesce(kind_claims.is_no_person, false) as is_no_person,
    coalesce(kind_claims.may_be_no_person, false) as may_be_no_person
from accounts
inner join logins on accounts.account_key = logins.account_key
left join names on accounts.account_key = names.account_key and names.preference = 1
left join departments on accounts.account_key = departments.account_key
left join kind_claims on accounts.account_key = kind_claims.account_key
