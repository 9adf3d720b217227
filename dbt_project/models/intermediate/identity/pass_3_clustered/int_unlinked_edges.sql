-- Grain: one strong identifier that ties an account to the hub of that identifier; none of them has
-- a person in the roster by strong evidence. Every key has one hub, so that a key of n accounts
-- makes n - 1 edges.
with -- An account that a person has taken out of an identity stands alone.
unlinks as (
    select distinct account_key
    from {{ ref('int_decisions_in_force') }}
    where verb = 'unlink'
),

open_accounts as (
    select profiles.*
    from {{ ref('int_account_profiles') }} as profiles
    left join {{ ref('int_links_learned') }} as linked on profiles.account_key = linked.account_key
    left join unlinks on profiles.account_key = unlinks.account_key
    where linked.account_key is null
        and unlinks.account_key is null
        and not profiles.is_authoritative
        and not profiles.is_no_person
        and not profiles.may_be_no_person
),

shared as (
    select
        key_type,
        key_value
    from {{ ref('int_shared_identifiers') }}
),

keys as (
    select
        keys.account_key,
        keys.key_type,
        keys.key_value
    from {{ ref('int_account_keys') }} as keys
    inner join open_accounts on keys.account_key = open_accounts.account_key
    left join shared on keys.key_type = shared.key_type and keys.key_value = shared.key_value
    where keys.claim_role = 'own'
        and shared.key_value is null
        and (
            keys.key_type in ('email', 'employee_id')
            or (keys.key_type = 'username' and open_accounts.lists_people)
        )
    union all
    select
        links.account_key,
        'link' as key_type,
        links.linked_account_key as key_value
    from {{ ref('int_account_external_refs') }} as links
    inner join open_accounts on links.account_key = open_accounts.account_key
    union all
    select
        links.linked_account_key as account_key,
        'link' as key_type,
        links.linked_account_key as key_value
    from {{ ref('int_account_external_refs') }} as links
    inner join open_accounts on links.linked_account_key = open_accounts.account_key
),

members as (
    select
        keys.key_type,
        keys.key_value,
        keys.account_key,
        open_accounts.given,
        open_accounts.family,
        open_accounts.base,
        open_accounts.is_number,
        open_accounts.directory_id,
        open_accounts.is_admin_twin,
        row_number() over (
            partition by keys.key_type, keys.key_value
            order by case when open_accounts.given is not null then 0 else 1 end, keys.account_key
        ) as member
    from keys
    inner join open_accounts on keys.account_key = open_accounts.account_key
),

crowded as (
    select
        key_type,
        key_value
    from members
    where not is_admin_twin
    group by key_type, key_value, directory_id
    having count(distinct account_key) > 1
    union
    select
        key_type,
        key_value
    from members
    group by key_type, key_value
    having count(*) > {{ threshold('block_limit') }}
),

-- User names that one account of a directory has, and no more admins' accounts than a person might
-- have.
single_uids as (
    select
        directory_id,
        uid
    from open_accounts
    where uid <> ''
    group by directory_id, uid
    having count(*) = 1
),

crowded_cores as (
    select
        directory_id,
        core
    from open_accounts
    where is_admin_twin
    group by directory_id, core
    having count(*) > {{ threshold('block_limit') }}
),

-- An admin's account and the ordinary one beside it.
twins as (
    select
        admins.account_key,
        ordinary.account_key as hub_key,
        'admin_twin' as key_type,
        admins.core as key_value
    from open_accounts as admins
    inner join single_uids
        on admins.directory_id = single_uids.directory_id and admins.core = single_uids.uid
    inner join open_accounts as ordinary
        on single_uids.directory_id = ordinary.directory_id and single_uids.uid = ordinary.uid
    left join crowded_cores
        on admins.directory_id = crowded_cores.directory_id and admins.core = crowded_cores.core
    where admins.is_admin_twin and admins.core <> admins.uid and crowded_cores.core is null
)

select
    account_key,
    hub_key,
    key_type,
    key_value
from twins
union all
select
    members.account_key,
    hubs.account_key as hub_key,
    members.key_type,
    members.key_value
from members
inner join members as hubs
    on members.key_type = hubs.key_type and members.key_value = hubs.key_value and hubs.member = 1
left join crowded on members.key_type = crowded.key_type and members.key_value = crowded.key_value
where members.member > 1
    and crowded.key_value is null
    and (
        -- a user name counts only where the names agree with it
        (
            members.key_type = 'username' and members.given is not null and hubs.given is not null
            and {{ similarity('members.family', 'hubs.family') }} >= 0.88
        )
        or (members.key_type <> 'username' and (
            members.given is null or hubs.given is null
            or {{ similarity('members.family', 'hubs.family') }} >= 0.85
            or {{ similarity('members.given', 'hubs.given') }} >= 0.85
            or {{ similarity('members.given', 'hubs.family') }} >= 0.85
        ))
    )
