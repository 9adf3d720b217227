-- Grain: one reason (rule and value) why one account may be one person's: what the last step that
-- looked at the account went by.
with rules as (
    select * from {{ ref('int_match_rules') }}
),

steps as (
    select
        1 as step,
        account_key,
        person_key,
        rule,
        weight,
        left_value,
        right_value
    from {{ ref('int_evidence_strong') }}
    union all
    select
        2 as step,
        account_key,
        person_key,
        rule,
        weight,
        left_value,
        right_value
    from {{ ref('int_evidence_learned') }}
    union all
    select
        3 as step,
        account_key,
        person_key,
        rule,
        weight,
        left_value,
        right_value
    from {{ ref('int_evidence_clustered') }}
    union all
    select
        4 as step,
        account_key,
        person_key,
        rule,
        weight,
        left_value,
        right_value
    from {{ ref('int_evidence_remaining') }}
),

last_steps as (
    select
        account_key,
        max(step) as step
    from steps
    group by account_key
),

told as (
    select
        steps.account_key,
        steps.person_key,
        steps.rule,
        steps.weight,
        steps.left_value,
        steps.right_value
    from steps
    inner join last_steps
        on steps.account_key = last_steps.account_key and steps.step = last_steps.step
    left join {{ ref('int_person_unlinks') }} as refused
        on steps.account_key = refused.account_key and steps.person_key = refused.person_key
    where refused.account_key is null
),

assignments as (
    select * from {{ ref('int_identity_assignments') }}
    where person_key is not null and status in ('assigned', 'manual')
),

-- What holds accounts together that no roster's identifier reaches, told of both ends.
edges as (
    select
        account_key,
        hub_key,
        case key_type when 'admin_twin' then 'admin_twin' else 'shared_' || key_type end as rule,
        key_value
    from {{ ref('int_unlinked_edges') }}
),

edge_ends as (
    select
        account_key,
        hub_key as other_key,
        rule,
        key_value
    from edges
    union all
    select
        hub_key as account_key,
        account_key as other_key,
        rule,
        key_value
    from edges
),

shared as (
    select
        edge_ends.account_key,
        assignments.person_key,
        edge_ends.rule,
        rules.weight,
        edge_ends.key_value as left_value,
        'of ' || edge_ends.other_key as right_value
    from edge_ends
    inner join assignments on edge_ends.account_key = assignments.account_key
    inner join assignments as others
        on
            edge_ends.other_key = others.account_key
            and assignments.person_key = others.person_key
    inner join rules on edge_ends.rule = rules.rule
),

-- Both ends of a decided link; of a roster's rows, those that name a number the person had before.
decisions as (
    select
        account_key,
        target as other_key,
        decided_by,
        reason
    from {{ ref('int_decisions_in_force') }}
    where verb = 'link'
    union all
    select
        target as account_key,
        account_key as other_key,
        decided_by,
        reason
    from {{ ref('int_decisions_in_force') }}
    where verb = 'link'
),

decided as (
    select
        decisions.account_key,
        assignments.person_key,
        'decision' as rule,
        rules.weight,
        'linked to ' || decisions.other_key as left_value,
        decisions.decided_by || ': ' || decisions.reason as right_value
    from decisions
    inner join assignments
        on decisions.account_key = assignments.account_key and assignments.status = 'manual'
    inner join rules on rules.rule = 'decision'
),

rehired as (
    select
        roster_rows.account_key,
        assignments.person_key,
        'prior_employee_id' as rule,
        rules.weight,
        roster_rows.prior_employee_id as left_value,
        roster_rows.employee_id as right_value
    from {{ ref('int_roster_rows') }} as roster_rows
    inner join assignments on roster_rows.account_key = assignments.account_key
    inner join rules on rules.rule = 'prior_employee_id'
    where roster_rows.prior_employee_id is not null
),

reasons as (
    select * from told
    union all
    select * from shared
    union all
    select * from decided
    union all
    select * from rehired
),

-- A person no roster knows is known by an account in a directory of people, which has nothing else
-- to go by.
founding as (
    select
        assignments.account_key,
        assignments.person_key,
        'founding_account' as rule,
        rules.weight,
        assignments.account_key as left_value,
        assignments.person_key as right_value
    from assignments
    inner join {{ ref('int_unlinked_clusters') }} as clusters
        on assignments.account_key = clusters.node
    inner join {{ ref('int_persons_unrostered') }} as persons
        on
            clusters.component = persons.cluster_key
            and assignments.person_key = persons.person_key
    inner join rules on rules.rule = 'founding_account'
    left join reasons
        on
            assignments.account_key = reasons.account_key
            and assignments.person_key = reasons.person_key
    where reasons.account_key is null
),

unioned as (
    select * from reasons
    union all
    select * from founding
),

-- The two sides to the letter, where they are keys.
keys as (
    select
        account_key,
        key_type,
        key_value,
        min(raw_value) as raw_value
    from {{ ref('int_account_keys') }}
    where claim_role = 'own' and key_type in ('email', 'employee_id')
    group by account_key, key_type, key_value
),

person_keys as (
    select
        assignments.person_key,
        keys.key_type,
        keys.key_value,
        min(keys.raw_value) as raw_value
    from keys
    inner join {{ ref('int_roster_rows') }} as roster_rows
        on keys.account_key = roster_rows.account_key
    inner join assignments on keys.account_key = assignments.account_key
    group by assignments.person_key, keys.key_type, keys.key_value
)

select
    unioned.account_key,
    unioned.person_key,
    unioned.rule,
    rules.family,
    coalesce(unioned.left_value, '') as key_value,
    max(unioned.weight) as weight,
    min(coalesce(keys.raw_value, unioned.left_value)) as left_value,
    min(coalesce(person_keys.raw_value, unioned.right_value)) as right_value
from unioned
inner join rules on unioned.rule = rules.rule
left join keys
    on
        unioned.account_key = keys.account_key
        and rules.family = keys.key_type
        and unioned.left_value = keys.key_value
left join person_keys
    on
        unioned.person_key = person_keys.person_key
        and rules.family = person_keys.key_type
        and unioned.right_value = person_keys.key_value
group by
    unioned.account_key,
    unioned.person_key,
    unioned.rule,
    rules.family,
    coalesce(unioned.left_value, '')
