-- A person has one ordinary account in a directory. A second one that only names and patterns gave
-- to them may be a namesake's: it is quarantined before.
{{ config(severity='warn') }}

with assigned as (
    select
        identity_accounts.account_key,
        identity_accounts.directory_id,
        identity_accounts.identity_id,
        identity_accounts.person_key
    from {{ ref('int_identity_verdicts') }} as identity_accounts
    inner join {{ ref('int_account_profiles') }} as profiles
        on identity_accounts.account_key = profiles.account_key
    where
        identity_accounts.status = 'assigned'
        and not identity_accounts.is_authoritative
        and not profiles.is_admin_twin
),

strongly_linked as (
    select distinct
        evidence.account_key,
        evidence.person_key
    from {{ ref('int_identity_evidence') }} as evidence
    inner join {{ ref('int_match_rules') }} as rules on evidence.rule = rules.rule
    where rules.strength in ('strong', 'decision')
),

crowded as (
    select
        directory_id,
        identity_id
    from assigned
    group by directory_id, identity_id
    having count(*) > 1
)

select
    assigned.account_key,
    assigned.identity_id
from assigned
inner join crowded
    on
        assigned.directory_id = crowded.directory_id
        and assigned.identity_id = crowded.identity_id
left join strongly_linked
    on
        assigned.account_key = strongly_linked.account_key
        and assigned.person_key = strongly_linked.person_key
left join {{ ref('int_identity_evidence') }} as twins
    on
        assigned.account_key = twins.account_key
        and assigned.person_key = twins.person_key
        and twins.rule = 'admin_twin'
where strongly_linked.account_key is null and twins.account_key is null
