-- Grain: one piece of evidence that an account not yet linked is a person's of the roster, from
-- accounts that are.
with linked as (
    select *
    from {{ ref('int_links_strong') }}
),

open_accounts as (
    select profiles.*
    from {{ ref('int_account_profiles') }} as profiles
    left join linked on profiles.account_key = linked.account_key
    where linked.account_key is null
        and not profiles.is_authoritative and not profiles.is_no_person
),

own_keys as (
    select
        keys.account_key,
        open_accounts.lists_people,
        open_accounts.is_number,
        keys.key_type,
        keys.key_value
    from {{ ref('int_account_keys') }} as keys
    inner join open_accounts on keys.account_key = open_accounts.account_key
    where keys.claim_role = 'own'
),

-- A key too many people have is not compared: it is left out before anything is joined to it.
crowded as (
    select
        key_type,
        key_value
    from {{ ref('int_person_keys_learned') }}
    group by key_type, key_value
    having count(*) > {{ threshold('block_limit') }}
),

person_keys as (
    select keys.*
    from {{ ref('int_person_keys_learned') }} as keys
    left join crowded on keys.key_type = crowded.key_type and keys.key_value = crowded.key_value
    where crowded.key_value is null
),

by_key as (
    select
        own_keys.account_key,
        person_keys.person_key,
        case when own_keys.key_type = 'email' then 'alias_email' else 'corporate_username' end
            as rule,
        own_keys.key_value as left_value,
        person_keys.key_value as right_value,
        own_keys.is_number
    from own_keys
    inner join person_keys
        on own_keys.key_type = person_keys.key_type and own_keys.key_value = person_keys.key_value
    where own_keys.key_type = 'email' or (own_keys.lists_people and person_keys.lists_people)
),

links as (
    select
        account_key,
        linked_account_key,
        key_value
    from {{ ref('int_account_external_refs') }}
    union all
    select
        linked_account_key as account_key,
        account_key as linked_account_key,
        key_value
    from {{ ref('int_account_external_refs') }}
),

by_link as (
    select
        open_accounts.account_key,
        linked.person_key,
        'external_id' as rule,
        links.key_value as left_value,
        links.linked_account_key as right_value,
        false as is_number
    from open_accounts
    inner join links on open_accounts.account_key = links.account_key
    inner join linked on links.linked_account_key = linked.account_key
),

matches as (
    select * from by_key
    union all
    select * from by_link
),

pairs as (
    select distinct
        account_key,
        person_key
    from matches
),

{{ pair_fit('pairs', ref('int_person_names_rostered'), ref('int_person_usernames_rostered')) }},

positive as (
    select
        matches.account_key,
        matches.person_key,
        matches.rule,
        matches.left_value,
        matches.right_value
    from matches
    inner join fits
        on matches.account_key = fits.account_key and matches.person_key = fits.person_key
    where matches.rule <> 'corporate_username'
        or fits.fit = 'agree'
        or (matches.is_number and fits.fit <> 'names_conflict')
),

agreeing as (
    select
        fits.account_key,
        fits.person_key,
        case when fits.fit = 'agree' then 'names_agree' else fits.fit end as rule,
        coalesce(profiles.given || ' ' || profiles.family, profiles.uid, profiles.base)
            as left_value,
        persons.given_name || ' ' || persons.family_name as right_value
    from fits
    inner join profiles on fits.account_key = profiles.account_key
    inner join {{ ref('int_persons_rostered') }} as persons on fits.person_key = persons.person_key
    where fits.fit in ('agree', 'names_conflict', 'username_conflict')
),

doubtful as (
    select
        fits.account_key,
        fits.person_key,
        'looks_like_no_person' as rule,
        profiles.uid as left_value,
        cast(null as varchar) as right_value
    from fits
    inner join profiles on fits.account_key = profiles.account_key
    where profiles.may_be_no_person and fits.fit <> 'agree'
),

gathered as (
    select * from positive
    union all
    select * from agreeing
    union all
    select * from doubtful
),

learned as (
    select distinct
        gathered.account_key,
        gathered.person_key,
        gathered.rule,
        rules.family,
        rules.weight,
        gathered.left_value,
        gathered.right_value
    from gathered
    inner join {{ ref('int_match_rules') }} as rules on gathered.rule = rules.rule and rules.enabled
    left join {{ ref('int_person_unlinks') }} as refused
        on gathered.account_key = refused.account_key and gathered.person_key = refused.person_key
    where refused.account_key is null
),

-- the person already has an ordinary account where this one is
occupied as (
    select distinct
        linked.person_key,
        profiles.directory_id
    from linked
    inner join profiles on linked.account_key = profiles.account_key
    where not profiles.is_admin_twin
),

weakly_linked as (
    select
        account_key,
        person_key
    from positive
    group by account_key, person_key
    having max(case when rule = 'corporate_username' then 0 else 1 end) = 0
),

doubled as (
    select
        weakly_linked.account_key,
        weakly_linked.person_key,
        rules.rule,
        rules.family,
        rules.weight,
        open_accounts.directory_id as left_value,
        occupied.person_key as right_value
    from weakly_linked
    inner join open_accounts
        on weakly_linked.account_key = open_accounts.account_key and not open_accounts.is_admin_twin
    inner join occupied
        on weakly_linked.person_key = occupied.person_key
            and open_accounts.directory_id = occupied.directory_id
    inner join {{ ref('int_match_rules') }} as rules
        on rules.rule = 'directory_occupied' and rules.enabled
),

opened as (
    select distinct account_key
    from pairs
),

-- What the roster itself says of the same accounts competes.
rostered as (
    select evidence.*
    from {{ ref('int_evidence_strong') }} as evidence
    inner join opened on evidence.account_key = opened.account_key
)

select
    account_key,
    person_key,
    rule,
    family,
    weight,
    left_value,
    right_value
from learned
union
select
    account_key,
    person_key,
    rule,
    family,
    weight,
    left_value,
    right_value
from doubled
union
select
    account_key,
    person_key,
    rule,
    family,
    weight,
    left_value,
    right_value
from rostered
