-- Grain: one key of one roster person, and whether it points to so few people that it can tell them
-- apart.
with keys as (
    select * from {{ ref('int_account_keys') }}
    where is_authoritative and relation = 'self'
),

roster as (
    select * from {{ ref('int_roster_persons') }}
),

settings as (
    select max(case when setting = 'max_persons_per_key' then value end) as max_persons_per_key
    from {{ ref('identity_settings') }}
),

person_keys as (
    select
        roster.identity_id,
        keys.key_type,
        keys.key_value,
        min(keys.raw_value) as raw_value,
        min(case when keys.source_field = 'prior_employee_id' then 1 else 0 end) = 1 as is_prior,
        max(keys.generic_reason) as generic_reason
    from keys
    inner join roster on keys.account_key = roster.account_key
    group by roster.identity_id, keys.key_type, keys.key_value
),

counted as (
    select
        *,
        count(*) over (partition by key_type, key_value) as person_count
    from person_keys
)

select
    counted.identity_id,
    counted.key_type,
    counted.key_value,
    counted.raw_value,
    counted.is_prior,
    counted.person_count,
    case
        when counted.generic_reason is not null then counted.generic_reason
        when counted.person_count > settings.max_persons_per_key
            then 'shared by ' || {{ as_text('counted.person_count') }} || ' persons of the roster'
    end as not_a_key_reason
from counted
cross join settings
