-- Grain: one account; whether it is an administrator, and what is missing from its list of
-- entitlements.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

users as (
    select * from {{ ref('stg_aws_iam__users') }}
),

listed_accounts as (
    select * from {{ ref('int_accounts_listed') }}
),

group_gaps as (
    select
        memberships.account_key,
        {{ list_text('coalesce(groups.attached_policies_gap, groups.inline_policies_gap)', '; ') }}
            as gap
    from {{ ref('stg_aws_iam__group_memberships') }} as memberships
    inner join {{ ref('stg_aws_iam__groups') }} as groups
        on memberships.group_key = groups.group_key
    group by memberships.account_key
),

entitlements as (
    select
        account_key,
        count(*) as entitlement_count,
        count(case when is_admin then 1 end) as admin_count,
        count(case when is_admin is null then 1 end) as unreadable_count
    from {{ ref('int_entitlements_granted') }}
    group by account_key
),

gapped as (
    select
        accounts.account_key,
        accounts.directory_kind,
        nullif(concat_ws(
            '; ',
            users.groups_gap,
            users.attached_policies_gap,
            users.inline_policies_gap,
            group_gaps.gap
        ), '') as entitlements_gap,
        coalesce({{ json_has('listed_accounts.known_fields', 'entitlements') }}, false)
            as are_rights_told
    from accounts
    left join users on accounts.account_key = users.account_key
    left join listed_accounts on accounts.account_key = listed_accounts.account_key
    left join group_gaps on accounts.account_key = group_gaps.account_key
)

select
    gapped.account_key,
    case
        when entitlements.admin_count > 0 then true
        when gapped.directory_kind <> 'aws_iam' then null
        when gapped.entitlements_gap is not null or entitlements.unreadable_count > 0 then null
        else false
    end as is_admin,
    cast(coalesce(entitlements.entitlement_count, 0) as integer) as entitlement_count,
    case
        when gapped.directory_kind = 'aws_iam' then gapped.entitlements_gap
        when not gapped.are_rights_told
            then 'not collected: ' || gapped.directory_kind || ' carries no entitlements'
    end as entitlements_gap
from gapped
left join entitlements on gapped.account_key = entitlements.account_key
