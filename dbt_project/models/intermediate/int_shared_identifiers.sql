-- Grain: one e-mail address or employee id that tells nobody apart, and is therefore no evidence,
-- with the reason.
with keys as (
    select * from {{ ref('int_account_keys') }}
    where key_type in ('email', 'employee_id')
),

person_keys as (
    select * from {{ ref('int_person_keys') }}
    where not_a_key_reason is not null
),

reasons as (
    select
        key_type,
        key_value,
        generic_reason as reason
    from keys
    where generic_reason is not null
    union
    select
        key_type,
        key_value,
        not_a_key_reason as reason
    from person_keys
    where key_type in ('email', 'employee_id')
),

chosen as (
    select
        key_type,
        key_value,
        min(reason) as reason
    from reasons
    group by key_type, key_value
)

select
    chosen.key_type,
    chosen.key_value,
    chosen.reason,
    count(distinct case when keys.is_authoritative then keys.account_key end) as person_count,
    count(distinct case when not keys.is_authoritative then keys.account_key end) as account_count
from chosen
inner join keys on chosen.key_type = keys.key_type and chosen.key_value = keys.key_value
group by chosen.key_type, chosen.key_value, chosen.reason
