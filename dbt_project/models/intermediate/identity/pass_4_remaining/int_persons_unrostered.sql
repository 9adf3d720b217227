-- Grain: one person whom directories know and no roster does: a cluster of accounts, at least one
-- in a directory of people. person_key: the address, or where several have it the lowest account.
with members as (
    select
        clusters.component as cluster_key,
        profiles.*
    from {{ ref('int_unlinked_clusters') }} as clusters
    inner join {{ ref('int_account_profiles') }} as profiles on clusters.node = profiles.account_key
    left join {{ ref('int_links_clustered') }} as linked on clusters.component = linked.cluster_key
    where linked.cluster_key is null
),

emails as (
    select
        members.cluster_key,
        min(keys.key_value) as email
    from members
    inner join {{ ref('int_account_keys') }} as keys on members.account_key = keys.account_key
    left join {{ ref('int_shared_identifiers') }} as shared
        on keys.key_type = shared.key_type and keys.key_value = shared.key_value
    where keys.claim_role = 'own' and keys.key_type = 'email' and shared.key_value is null
    group by members.cluster_key
),

described as (
    select
        members.cluster_key,
        max(members.given) as given,
        max(members.family) as family,
        max(members.worker_class) as worker_class,
        max(members.department) as department,
        max(emails.email) as email,
        min(members.account_key) as first_account_key
    from members
    left join emails on members.cluster_key = emails.cluster_key
    group by members.cluster_key
    having
        max(
            case
                when members.lists_people and coalesce(members.given, emails.email) is not null
                    then 1
                else 0
            end
        ) = 1
        and max(case when members.may_be_no_person then 1 else 0 end) = 0
),

ranked as (
    select
        *,
        row_number() over (partition by email order by first_account_key) as bearer
    from described
)

select
    cluster_key,
    case
        when email is not null and bearer = 1 then 'email:' || email
        else 'account:' || first_account_key
    end as person_key,
    given,
    family,
    worker_class,
    department,
    email
from ranked
