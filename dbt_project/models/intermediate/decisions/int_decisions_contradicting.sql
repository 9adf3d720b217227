-- Grain: one decision in force that cannot be true beside the others, and why. Whoever decides is
-- stopped before; a roster that changes can still bring two decisions against each other.
with decisions as (
    select
        *,
        least(account_key, target) || ' ' || greatest(account_key, target) as pair
    from {{ ref('int_decisions_carried') }}
    where is_in_force
),

links as (
    select * from decisions
    where verb = 'link'
),

linked as (
    select
        decision_id,
        account_key
    from links
    union
    select
        decision_id,
        target as account_key
    from links
),

-- One account has one kind and one owner.
repeated as (
    select
        account_key,
        verb
    from decisions
    where verb in ('kind', 'owner')
    group by account_key, verb
    having count(distinct target) > 1
),

told_apart as (
    select
        unlinks.decision_id,
        persons.identity_id
    from decisions as unlinks
    inner join {{ ref('int_identity_accounts') }} as persons
        on unlinks.account_key = persons.account_key
    inner join {{ ref('int_identity_accounts') }} as others
        on unlinks.target = others.account_key and persons.identity_id = others.identity_id
    where unlinks.verb = 'unlink'
),

components as (
    select
        node as account_key,
        component
    from {{ ref('int_roster_components') }}
),

roster as (
    select
        rows_of.account_key,
        components.component,
        rows_of.employee_id,
        rows_of.prior_employee_id,
        rows_of.email
    from {{ ref('int_roster_rows') }} as rows_of
    inner join components on rows_of.account_key = components.account_key
),

numbers as (
    select
        component,
        employee_id
    from roster
    where employee_id is not null
    union
    select
        component,
        prior_employee_id as employee_id
    from roster
    where prior_employee_id is not null
),

-- Two numbers that the roster says are one person's.
rehired as (
    select distinct
        component,
        employee_id,
        prior_employee_id
    from roster
    where prior_employee_id is not null and employee_id is not null
),

-- A row without number is another person, unless a row with one has its address.
numberless as (
    select distinct
        roster.component,
        coalesce(roster.email, roster.account_key) as person
    from roster
    left join roster as known
        on
            roster.component = known.component
            and roster.email = known.email
            and known.employee_id is not null
    where roster.employee_id is null and known.account_key is null
),

counted as (
    select
        component,
        1 as persons
    from numbers
    union all
    select
        component,
        -1 as persons
    from rehired
    union all
    select
        component,
        1 as persons
    from numberless
),

crowded as (
    select component
    from counted
    group by component
    having sum(persons) > 1
)

select
    decisions.decision_id,
    decisions.account_key || ' was given more than one ' || decisions.verb as contradiction
from decisions
inner join repeated
    on decisions.account_key = repeated.account_key and decisions.verb = repeated.verb
union all
select
    links.decision_id,
    links.account_key || ' and ' || links.target || ' were told apart' as contradiction
from links
inner join decisions on links.pair = decisions.pair and decisions.verb = 'unlink'
union all
select
    decision_id,
    'both are accounts of ' || identity_id as contradiction
from told_apart
union all
select
    linked.decision_id,
    linked.account_key || ' is ' || decisions.target || ', no person''s own' as contradiction
from linked
inner join decisions on linked.account_key = decisions.account_key and decisions.verb = 'kind'
where decisions.target in ('service', 'shared', 'break_glass')
union all
select
    links.decision_id,
    'it ties several persons of the rosters together' as contradiction
from links
inner join components on links.account_key = components.account_key
inner join crowded on components.component = crowded.component
