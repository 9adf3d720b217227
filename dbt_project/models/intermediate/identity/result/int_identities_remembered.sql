-- Grain: one account that was ever given to an identity, and the identity it was last given to.
-- What a self-check objects to is not learned, and accounts that are not there keep what they had,
-- for about a year.
with known as (
    select * from {{ ref('stg_pipeline__known_identities') }}
),

evaluation as (
    select * from {{ ref('int_evaluation') }}
),

members as (
    select
        members.account_key,
        members.identity_kind,
        ids.identity_id,
        case members.identity_kind
            when 'person' then substr(members.identity_key, length('person:') + 1)
            else members.identity_key
        end as anchor,
        accounts.is_authoritative,
        profiles.lists_people
    from {{ ref('int_identity_members') }} as members
    inner join {{ ref('int_identity_ids') }} as ids on members.identity_key = ids.identity_key
    inner join {{ ref('int_accounts_unioned') }} as accounts
        on members.account_key = accounts.account_key
    inner join {{ ref('int_account_profiles') }} as profiles
        on members.account_key = profiles.account_key
    left join {{ ref('int_accounts_quarantined') }} as quarantined
        on members.account_key = quarantined.account_key
    where quarantined.account_key is null
),

first_seen as (
    select
        identity_id,
        min(first_seen_at) as first_seen_at
    from known
    group by identity_id
),

founders as (
    select distinct
        identity_id,
        founding_account_key
    from known
),

-- The account it was founded on, as long as it is there.
ranked as (
    select
        members.*,
        first_value(members.account_key) over (
            partition by members.identity_id
            order by
                case when founders.founding_account_key is not null then 0 else 1 end,
                case when members.is_authoritative then 0 else 1 end,
                case when members.lists_people then 0 else 1 end,
                members.account_key
        ) as founding_account_key
    from members
    left join founders
        on
            members.identity_id = founders.identity_id
            and members.account_key = founders.founding_account_key
)

select
    ranked.account_key,
    ranked.identity_id,
    ranked.identity_kind,
    ranked.anchor,
    ranked.founding_account_key,
    coalesce(first_seen.first_seen_at, evaluation.evaluated_at) as first_seen_at,
    evaluation.evaluated_at as last_seen_at
from ranked
cross join evaluation
left join first_seen on ranked.identity_id = first_seen.identity_id
union all
select
    known.account_key,
    known.identity_id,
    known.identity_kind,
    known.anchor,
    known.founding_account_key,
    known.first_seen_at,
    known.last_seen_at
from known
cross join evaluation
left join ranked on known.account_key = ranked.account_key
where
    ranked.account_key is null
    and {{ whole_days('known.last_seen_at', 'evaluation.evaluated_at') }} <= 400
