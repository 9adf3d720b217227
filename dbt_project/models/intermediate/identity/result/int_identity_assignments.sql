-- Grain: one account of any directory: the person it is given to, and how sure that is. unmatched
-- with a person: its own, whom nothing else is known of.
with profiles as (
    select * from {{ ref('int_account_profiles') }}
),

clusters as (
    select
        node as account_key,
        component as cluster_key
    from {{ ref('int_unlinked_clusters') }}
),

by_rules as (
    select
        links.node as account_key,
        persons.person_key,
        cast(1 as double) as confidence
    from {{ ref('int_roster_components') }} as links
    inner join {{ ref('int_persons_rostered') }} as persons on links.component = persons.component
    union all
    select
        account_key,
        person_key,
        confidence
    from {{ ref('int_person_accounts') }}
    union all
    select
        clusters.account_key,
        links.person_key,
        links.confidence
    from {{ ref('int_links_remaining') }} as links
    inner join clusters on links.cluster_key = clusters.cluster_key
    union all
    select
        clusters.account_key,
        persons.person_key,
        cast(null as double) as confidence
    from {{ ref('int_persons_inferred') }} as persons
    inner join clusters on persons.cluster_key = clusters.cluster_key
),

given as (
    select
        by_rules.account_key,
        max(by_rules.person_key) as person_key,
        max(by_rules.confidence) as confidence
    from by_rules
    inner join profiles on by_rules.account_key = profiles.account_key
    where not profiles.is_no_person
    group by by_rules.account_key
),

-- Accounts that a person has linked go where the rules put any of them, or belong together alone.
decided as (
    select
        decided.account_key,
        coalesce(
            decided.person_key,
            min(given.person_key) over (partition by decided.component),
            'account:' || min(decided.account_key) over (partition by decided.component)
        ) as person_key
    from {{ ref('int_accounts_linked_by_hand') }} as decided
    left join given on decided.account_key = given.account_key
),

-- Somebody it probably is, though not who: of two persons of one name each is half as likely.
contested as (
    select
        cluster_key,
        max(confidence) as confidence
    from {{ ref('int_match_scores') }}
    group by cluster_key
    having round(sum(confidence), 6) >= {{ threshold('ambiguity_confidence') }}
),

candidates as (
    select
        clusters.account_key,
        contested.confidence
    from contested
    inner join clusters on contested.cluster_key = clusters.cluster_key
),

settled as (
    select
        profiles.account_key,
        profiles.is_no_person,
        decided.account_key is not null as is_decided,
        coalesce(decided.person_key, given.person_key) as person_key,
        case when decided.account_key is not null then 1 else given.confidence end as confidence,
        candidates.confidence as candidate_confidence
    from profiles
    left join given on profiles.account_key = given.account_key
    left join decided on profiles.account_key = decided.account_key
    left join candidates on profiles.account_key = candidates.account_key
),

-- Whom a person has kept apart never end in one identity, whatever brought them there.
apart as (
    select distinct decisions.account_key
    from {{ ref('int_decisions_in_force') }} as decisions
    inner join settled on decisions.account_key = settled.account_key
    inner join settled as others
        on decisions.target = others.account_key and settled.person_key = others.person_key
    where decisions.verb = 'unlink' and not settled.is_decided
),

counted as (
    select
        settled.account_key,
        settled.is_no_person,
        settled.is_decided,
        settled.confidence,
        settled.candidate_confidence,
        case when apart.account_key is null then settled.person_key end as person_key,
        count(*) over (partition by settled.person_key) as account_count
    from settled
    left join apart on settled.account_key = apart.account_key
)

select
    account_key,
    person_key,
    case
        when is_decided then 'manual'
        when is_no_person then 'unmatched'
        when person_key is not null and confidence is not null then 'assigned'
        when candidate_confidence is not null then 'ambiguous'
        when person_key is not null and account_count > 1 then 'assigned'
        else 'unmatched'
    end as status,
    coalesce(confidence, candidate_confidence) as confidence
from counted
