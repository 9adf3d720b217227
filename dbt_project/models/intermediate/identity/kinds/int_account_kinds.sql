-- Grain: one account; what it is, by positive evidence only, and the rule that said so. Unsure is
-- unknown.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
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
                    when is_definite then 3
                    when account_kind = 'shared' then 4
                    when account_kind = 'service' then 5
                    else 6
                end,
                account_kind
        ) as preference
    from {{ ref('int_account_kind_claims') }}
),

profiles as (
    select * from {{ ref('int_account_profiles') }}
),

activity as (
    select * from {{ ref('int_account_activity') }}
),

assignments as (
    select * from {{ ref('int_identity_assignments') }}
),

-- Before any attribute has a meaning: a value means a person whom the user name fits.
fitting as (
    select distinct account_key
    from {{ ref('int_vocabulary_fits') }}
),

people as (
    select * from {{ ref('int_vocabulary_people') }}
),

-- In the order they are believed.
told as (
    select
        accounts.account_key,
        case when accounts.is_authoritative then 'roster: a row of an authoritative directory' end
            as roster_rule,
        case
            when claims.is_definite and claims.account_kind <> 'human' then claims.kind_rule
        end as definite_rule,
        case when assignments.person_key is not null then 'linked to a person' end as link_rule,
        claims.kind_rule as claim_rule,
        case when assignments.status = 'ambiguous' then 'fits several persons' end
            as ambiguity_rule,
        case
            when accounts.given_name <> '' and accounts.family_name <> ''
                then 'a given name and a family name'
        end as name_rule,
        case when fitting.account_key is not null then 'a value and the user name mean a person' end
            as fit_rule,
        case when activity.has_console_password then 'console password: programs have none' end
            as password_rule,
        case
            when
                activity.key_count > 0
                and not activity.has_console_password
                and accounts.identity_gap is null
                and people.account_key is null
                then 'access keys only: no console password, and nothing of a person'
        end as keys_rule,
        claims.account_kind as claimed_kind,
        profiles.is_admin_twin as is_named_admin
    from accounts
    inner join profiles on accounts.account_key = profiles.account_key
    inner join activity on accounts.account_key = activity.account_key
    inner join assignments on accounts.account_key = assignments.account_key
    left join claims on accounts.account_key = claims.account_key and claims.preference = 1
    left join fitting on accounts.account_key = fitting.account_key
    left join people on accounts.account_key = people.account_key
),

judged as (
    select
        account_key,
        is_named_admin,
        case
            when roster_rule is not null then 'human'
            when definite_rule is not null then claimed_kind
            when link_rule is not null then 'human'
            when claim_rule is not null then claimed_kind
            when coalesce(ambiguity_rule, name_rule, fit_rule, password_rule) is not null
                then 'human'
            when keys_rule is not null then 'service'
            else 'unknown'
        end as account_kind,
        coalesce(
            roster_rule, definite_rule, link_rule, claim_rule,
            ambiguity_rule, name_rule, fit_rule, password_rule, keys_rule
        ) as kind_rule
    from told
)

select
    judged.account_key,
    accounts.directory_id,
    judged.account_kind,
    judged.kind_rule,
    judged.account_kind in ('human', 'unknown') as may_be_a_person,
    judged.is_named_admin
from judged
inner join accounts on judged.account_key = accounts.account_key
