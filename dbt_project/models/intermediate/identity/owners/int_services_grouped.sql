-- Grain: one account of a service that has accounts in several directories; what one of them says
-- of its owner holds for the others. One user name is one service where no two applications are
-- named, and, where the name is a common word, only where each names the application.
with services as (
    select
        kinds.account_key,
        profiles.uid,
        max(attributes.attribute_value) as application,
        max(case when common_words.word is not null then 1 else 0 end) as is_common
    from {{ ref('int_account_kinds') }} as kinds
    inner join {{ ref('int_account_profiles') }} as profiles
        on kinds.account_key = profiles.account_key
    inner join {{ ref('int_accounts_unioned') }} as accounts
        on kinds.account_key = accounts.account_key
    left join {{ ref('int_account_attributes') }} as attributes
        on kinds.account_key = attributes.account_key and attributes.meaning = 'application'
    left join {{ ref('name_kind_words') }} as common_words
        on
            {{ regexp_replace_all('profiles.uid', '[^a-z]+', '') }} = common_words.word
            and common_words.kind = 'service'
    where
        kinds.account_kind in ('service', 'unknown')
        and profiles.uid <> ''
        and not profiles.is_authoritative
        -- Tags that were not read may name another application.
        and accounts.identity_gap is null
    group by kinds.account_key, profiles.uid
),

groups as (
    select uid
    from services
    group by uid
    having
        count(*) > 1
        and count(distinct application) <= 1
        and (max(is_common) = 0 or count(application) = count(*))
)

select
    services.account_key,
    services.uid as service_name
from services
inner join groups on services.uid = groups.uid
