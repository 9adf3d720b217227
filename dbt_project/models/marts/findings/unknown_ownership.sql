-- Grain: one account whose owner cannot be told, because what would tell was not read.
with ownership as (
    select
        *,
        {{ actions_in('identity_gap') }} as missing_permission
    from {{ ref('int_ownership_judged') }}
    where verdict = 'unknown'
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
)

select
    ownership.account_key,
    ownership.directory_id,
    accounts.username,
    ownership.unknown_reason as reason,
    ownership.missing_permission,
    case
        when ownership.self_check_remedy is not null then ownership.self_check_remedy
        when ownership.employment_action is not null then ownership.employment_action
        when ownership.missing_permission is not null and ownership.identity_gap like '% denied%'
            then
                {{ permission_fix(
                    'ownership.identity_gap', 'ownership.missing_permission', 'ownership.directory_id'
                ) }}
        when ownership.missing_permission is not null
            then 'certify sync ' || ownership.directory_id
        when ownership.identity_gap like '%not readable%'
            then 'fix the row in the source of ' || ownership.directory_id
        when ownership.identity_gap is not null
            then 'map email or employee_id to columns of the source of ' || ownership.directory_id
        else 'certify sync'
    end as action,
    ownership.evidence,
    ownership.as_of
from ownership
inner join accounts on ownership.account_key = accounts.account_key
