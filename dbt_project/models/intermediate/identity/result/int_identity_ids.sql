-- Grain: one person or service of this build, and its identity_id. It keeps the id under which it
-- was published before: an employee number or the name of a service says which that was, then the
-- account it was founded on, then an address, then its other accounts. An id goes to one identity
-- alone, and one that was given away is never given again to another.
with known as (
    select * from {{ ref('stg_pipeline__known_identities') }}
),

evaluation as (
    select {{ instant_text('evaluated_at') }} as instant
    from {{ ref('int_evaluation') }}
),

members as (
    select * from {{ ref('int_identity_members') }}
),

identities as (
    select
        identity_key,
        identity_kind
    from members
    union
    select
        'person:' || person_key as identity_key,
        'person' as identity_kind
    from {{ ref('int_persons') }}
    union
    select
        'person:' || person_key as identity_key,
        'person' as identity_kind
    from {{ ref('int_identity_assignments') }}
    where person_key is not null
),

anchors as (
    select
        identity_kind,
        identity_id,
        case identity_kind when 'person' then 'person:' || anchor else anchor end as identity_key,
        case
            when identity_kind = 'service' or anchor like 'employee_id:%' then 0
            else 2
        end as distance,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from known
    group by identity_kind, identity_id, anchor
),

claims as (
    select
        members.identity_key,
        known.identity_id,
        case when known.account_key = known.founding_account_key then 1 else 3 end as distance,
        known.account_key as said_by,
        known.first_seen_at,
        known.last_seen_at
    from members
    inner join known
        on
            members.account_key = known.account_key
            and members.identity_kind = known.identity_kind
    union all
    select
        identities.identity_key,
        anchors.identity_id,
        anchors.distance,
        '' as said_by,
        anchors.first_seen_at,
        anchors.last_seen_at
    from identities
    inner join anchors
        on
            identities.identity_key = anchors.identity_key
            and identities.identity_kind = anchors.identity_kind
),

weighed as (
    select
        identity_key,
        identity_id,
        min(distance) as distance,
        count(*) as votes,
        min(said_by) as said_by,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from claims
    group by identity_key, identity_id
),

-- Each id goes where it is nearest, and of several that end in one place the nearest stays; the
-- others look once more among the identities that have none.
first_wishes as (
    select
        *,
        row_number() over (
            partition by identity_id
            order by distance asc, votes desc, said_by asc, identity_key asc
        ) as wish
    from weighed
),

first_rivals as (
    select
        identity_key,
        identity_id,
        row_number() over (
            partition by identity_key
            order by
                distance asc,
                last_seen_at desc,
                first_seen_at asc,
                votes desc,
                identity_id asc
        ) as preference
    from first_wishes
    where wish = 1
),

first_placed as (
    select
        identity_key,
        identity_id
    from first_rivals
    where preference = 1
),

second_wishes as (
    select
        weighed.*,
        row_number() over (
            partition by weighed.identity_id
            order by
                weighed.distance asc,
                weighed.votes desc,
                weighed.said_by asc,
                weighed.identity_key asc
        ) as wish
    from weighed
    left join first_placed as settled on weighed.identity_key = settled.identity_key
    left join first_placed as given on weighed.identity_id = given.identity_id
    where settled.identity_key is null and given.identity_id is null
),

second_rivals as (
    select
        identity_key,
        identity_id,
        row_number() over (
            partition by identity_key
            order by
                distance asc,
                last_seen_at desc,
                first_seen_at asc,
                votes desc,
                identity_id asc
        ) as preference
    from second_wishes
    where wish = 1
),

second_placed as (
    select
        identity_key,
        identity_id
    from second_rivals
    where preference = 1
),

placed as (
    select * from first_placed
    union all
    select * from second_placed
),

spent as (
    select distinct identity_id from known
)

select
    identities.identity_key,
    case
        when placed.identity_id is not null then placed.identity_id
        when spent.identity_id is null then md5(identities.identity_key)
        else md5(identities.identity_key || ' since ' || evaluation.instant)
    end as identity_id
from identities
cross join evaluation
left join placed on identities.identity_key = placed.identity_key
left join spent on md5(identities.identity_key) = spent.identity_id
