-- Grain: one account nobody accountable and active owns.
with

accounts as (
    select account_key
    from {{ ref('int_accounts_unioned') }}
    where not is_authoritative
),

owner_verdicts as (
    select
        account_key,
        max(case when rule = 'mailbox' or (is_rostered and employment_status = 'active' and active_persons = 1) then 1 else 0 end) as is_owned,
        max(case when is_rostered and employment_status = 'terminated' then 1 else 0 end) as was_owned,
        max(case when active_persons > 1 then 1 else 0 end) as is_contested
    from {{ ref('int_account_owners') }}
    group by account_key
),

-- a service is one thing in all its accounts: what one of them documents holds for the others
service_names as (
    select
        kinds.account_key,
        profiles.uid,
        max(attributes.attribute_value) as application,
        max(common_words.word is not null) as is_common
    from {{ ref('int_account_kinds') }} as kinds
    inner join {{ ref('int_account_profiles') }} as profiles on kinds.account_key = profiles.account_key
    left join {{ ref('int_account_attributes') }} as attributes
        on kinds.account_key = attributes.account_key and attributes.meaning = 'application'
    left join {{ ref('identity_kind_words') }} as common_words
        on {{ regexp_replace_all('profiles.uid', '[^a-z]+', '') }} = common_words.word and common_words.kind = 'service'
    where kinds.account_kind in ('service', 'unknown') and profiles.uid <> ''
    group by kinds.account_key, profiles.uid
),

service_owners as (
    select
        service_names.uid,
        max(owner_verdicts.is_owned) as is_owned,
        max(owner_verdicts.was_owned) as was_owned
    from service_names
    inner join owner_verdicts on service_names.account_key = owner_verdicts.account_key
    group by service_names.uid
),

service_groups as (
    select uid
    from service_names
    group by uid
    having count(*) > 1
        and count(distinct application) <= 1
        -- one common word is what many teams call a service; then the application must say that it is one
        and (max(case when is_common then 1 else 0 end) = 0 or count(application) = count(*))
),

judged as (
    select
        accounts.account_key,
        kinds.account_kind,
        assignments.status,
        persons.employment_status,
        persons.is_rostered,
        greatest(coalesce(owner_verdicts.is_owned, 0), coalesce(service_owners.is_owned, 0)) as is_owned,
        greatest(coalesce(owner_verdicts.was_owned, 0), coalesce(service_owners.was_owned, 0)) as was_owned,
        coalesce(owner_verdicts.is_contested, 0) as is_contested
    from accounts
    inner join {{ ref('int_account_kinds') }} as kinds on accounts.account_key = kinds.account_key
    inner join {{ ref('int_identity_assignments') }} as assignments on accounts.account_key = assignments.account_key
    left join {{ ref('int_persons') }} as persons on assignments.person_key = persons.person_key
    left join owner_verdicts on accounts.account_key = owner_verdicts.account_key
    left join service_names on accounts.account_key = service_names.account_key
    left join service_groups on service_names.uid = service_groups.uid
    left join service_owners on service_groups.uid = service_owners.uid
),

reasons as (
    select
        account_key,
        account_kind,
        case
            when account_kind in ('human', 'unknown') and is_rostered and employment_status = 'active' then null
            when account_kind in ('human', 'unknown') and is_rostered then 'owner_terminated'
            when account_kind = 'unknown' and is_owned = 1 then null
            when account_kind in ('human', 'unknown') and status = 'ambiguous' then 'owner_ambiguous'
            when account_kind in ('human', 'unknown') then 'no_owner'
            when is_owned = 1 then null
            when was_owned = 1 then 'service_owner_terminated'
            when is_contested = 1 then 'owner_ambiguous'
            else 'service_unowned'
        end as reason
    from judged
)

select account_key, account_kind, reason
from reasons
where reason is not null
