-- Grain: one account and one self-check of the rules it fails: something the rules, the decisions
-- in force or a directory say of it that cannot be true.
with identity_accounts as (
    select * from {{ ref('int_identity_accounts') }}
),

owners as (
    select
        account_key,
        identity_id
    from {{ ref('int_account_owners') }}
    where preference = 1 and identity_id is not null
),

decisions as (
    select * from {{ ref('int_decisions_in_force') }}
),

unexplained as (
    select
        identity_accounts.account_key,
        'assignment_is_explained' as check_name,
        'assigned to ' || identity_accounts.identity_id || ' without a line of evidence' as detail
    from identity_accounts
    left join {{ ref('int_identity_evidence') }} as evidence
        on
            identity_accounts.account_key = evidence.account_key
            and identity_accounts.person_key = evidence.person_key
    where
        identity_accounts.person_key is not null
        and not identity_accounts.is_authoritative
        and evidence.account_key is null
),

services as (
    select
        identity_accounts.account_key,
        'persons_hold_no_services' as check_name,
        'a ' || kinds.account_kind || ' account was assigned to a person' as detail
    from identity_accounts
    inner join {{ ref('int_account_kinds') }} as kinds
        on identity_accounts.account_key = kinds.account_key
    where
        identity_accounts.status = 'assigned'
        and kinds.account_kind in ('service', 'shared', 'break_glass')
),

-- Several employee numbers are one person's only where the roster itself says that one followed the
-- other (prior_employee_id).
roster as (
    select
        identity_accounts.person_key,
        roster_rows.employee_id,
        roster_rows.prior_employee_id
    from identity_accounts
    inner join {{ ref('int_roster_rows') }} as roster_rows
        on identity_accounts.account_key = roster_rows.account_key
    where identity_accounts.person_key is not null and roster_rows.employee_id is not null
),

-- One roster may know of the earlier number what another does not.
numbers as (
    select
        person_key,
        employee_id,
        max(prior_employee_id) as prior_employee_id
    from roster
    group by person_key, employee_id
),

merged as (
    select numbers.person_key
    from numbers
    left join numbers as earlier
        on
            numbers.person_key = earlier.person_key
            and numbers.prior_employee_id = earlier.employee_id
    where earlier.employee_id is null
    group by numbers.person_key
    having count(distinct coalesce(numbers.prior_employee_id, numbers.employee_id)) > 1
),

merged_accounts as (
    select
        identity_accounts.account_key,
        identity_accounts.identity_id
    from identity_accounts
    inner join merged on identity_accounts.person_key = merged.person_key
),

merged_identities as (
    select distinct identity_id from merged_accounts
),

crowded as (
    select
        account_key,
        'identity_holds_one_roster_person' as check_name,
        'its identity holds several persons of the roster' as detail
    from merged_accounts
    union all
    select
        owners.account_key,
        'identity_holds_one_roster_person' as check_name,
        'its owner is an identity that holds several persons of the roster' as detail
    from owners
    inner join merged_identities on owners.identity_id = merged_identities.identity_id
),

contradicting as (
    select
        decisions.account_key,
        decisions.verb,
        decisions.target,
        'decision ' || decisions.decision_id || ': ' || found.contradiction as detail
    from {{ ref('int_decisions_contradicting') }} as found
    inner join decisions on found.decision_id = decisions.decision_id
),

undecided as (
    select
        account_key,
        'decisions_agree' as check_name,
        detail
    from contradicting
    union all
    select
        target as account_key,
        'decisions_agree' as check_name,
        detail
    from contradicting
    where verb in ('link', 'unlink')
),

repeated as (
    select
        account_key,
        'directory_lists_it_once' as check_name,
        detail
    from {{ ref('int_rows_contradicting') }}
),

-- A person has one ordinary account in a directory. A second one that only names and patterns gave
-- to them may be a namesake's.
ordinary as (
    select
        identity_accounts.account_key,
        identity_accounts.directory_id,
        identity_accounts.person_key,
        count(*) over (
            partition by identity_accounts.directory_id, identity_accounts.person_key
        ) as account_count
    from identity_accounts
    inner join {{ ref('int_account_profiles') }} as profiles
        on identity_accounts.account_key = profiles.account_key
    where
        identity_accounts.status = 'assigned'
        and not identity_accounts.is_authoritative
        and not profiles.is_admin_twin
),

-- An owner tag, or an attribute that states the user name, is no pattern: only names are.
firmly_linked as (
    select distinct
        evidence.account_key,
        evidence.person_key
    from {{ ref('int_identity_evidence') }} as evidence
    inner join {{ ref('int_match_rules') }} as rules on evidence.rule = rules.rule
    where
        rules.strength in ('strong', 'decision')
        or rules.family not in ('name', 'negative')
        or evidence.rule = 'admin_twin'
),

namesakes as (
    select
        ordinary.account_key,
        'weak_evidence_gives_one_account' as check_name,
        'names and patterns alone gave it to one who has another account in '
        || ordinary.directory_id as detail
    from ordinary
    left join firmly_linked
        on
            ordinary.account_key = firmly_linked.account_key
            and ordinary.person_key = firmly_linked.person_key
    where ordinary.account_count > 1 and firmly_linked.account_key is null
),

-- Every usable credential of a stale account is known to be stale, and there is one.
usable as (
    select
        account_key,
        count(*) as usable_count,
        count(case when is_stale then 1 end) as stale_count
    from {{ ref('int_credentials_judged') }}
    where is_usable
    group by account_key
),

lively as (
    select
        activity.account_key,
        'stale_account_is_idle' as check_name,
        'called stale while ' || {{ as_text(
            'coalesce(usable.usable_count - usable.stale_count, 0)'
        ) }} || ' of its ' || {{ as_text('coalesce(usable.usable_count, 0)') }}
        || ' usable credentials are not' as detail
    from {{ ref('int_account_activity') }} as activity
    inner join {{ ref('int_accounts_unioned') }} as accounts
        on activity.account_key = accounts.account_key
    left join usable on activity.account_key = usable.account_key
    where
        activity.activity = 'stale'
        and (
            accounts.is_authoritative
            or (
                accounts.directory_kind = 'aws_iam'
                and coalesce(usable.usable_count, 0) <> coalesce(usable.stale_count, -1)
            )
        )
),

-- A break-glass account is nobody's on purpose, so that it is neither orphaned nor a second one.
emergency as (
    select
        account_key,
        'break_glass_is_nobodys' as check_name,
        'a break-glass account that may be a person''s own' as detail
    from {{ ref('int_account_kinds') }}
    where account_kind = 'break_glass' and may_be_a_person
),

unioned as (
    select * from unexplained
    union all
    select * from namesakes
    union all
    select * from lively
    union all
    select * from emergency
    union all
    select * from services
    union all
    select * from crowded
    union all
    select * from undecided
    union all
    select * from repeated
)

select
    unioned.account_key,
    unioned.check_name,
    min(unioned.detail) as detail
from unioned
inner join {{ ref('int_accounts_unioned') }} as accounts
    on unioned.account_key = accounts.account_key
group by unioned.account_key, unioned.check_name
