-- Grain: one account: what it is, and the evidence that says so. What nothing positive is known of is unknown.
with

accounts as (
    select *
    from {{ ref('int_accounts_unioned') }}
),

claims as (
    select
        account_key,
        account_kind,
        is_definite,
        kind_rule,
        row_number() over (
            partition by account_key
            order by
                case
                    when account_kind = 'break_glass' then 1
                    when is_definite and account_kind <> 'human' then 2
                    when account_kind = 'human' and is_definite then 4
                    when account_kind = 'shared' then 5
                    when account_kind = 'service' then 6
                    else 7
                end,
                account_kind
        ) as preference
    from {{ ref('int_account_kind_claims') }}
),

first_claims as (
    select *
    from claims
    where preference = 1
),

assignments as (
    select *
    from {{ ref('int_identity_assignments') }}
)

select
    accounts.account_key,
    case
        when accounts.is_authoritative then 'human'
        when first_claims.account_kind = 'break_glass' then 'break_glass'
        when first_claims.is_definite and first_claims.account_kind <> 'human' then first_claims.account_kind
        when assignments.person_key is not null then 'human'
        when first_claims.account_kind is not null then first_claims.account_kind
        when assignments.status = 'ambiguous' then 'human'
        when accounts.given_name <> '' and accounts.family_name <> '' then 'human'
        when accounts.has_console_password = false and accounts.active_key_count > 0 then 'service'
        else 'unknown'
    end as account_kind,
    case
        when accounts.is_authoritative then 'roster'
        when first_claims.account_kind = 'break_glass' then first_claims.kind_rule
        when first_claims.is_definite and first_claims.account_kind <> 'human' then first_claims.kind_rule
        when assignments.person_key is not null then 'linked_to_person'
        when first_claims.account_kind is not null then first_claims.kind_rule
        when assignments.status = 'ambiguous' then 'fits_several_persons'
        when accounts.given_name <> '' and accounts.family_name <> '' then 'personal_names'
        when accounts.has_console_password = false and accounts.active_key_count > 0 then 'keys_only_and_no_person'
        else 'nothing_known'
    end as kind_rule
from accounts
left join first_claims on accounts.account_key = first_claims.account_key
left join assignments on accounts.account_key = assignments.account_key
