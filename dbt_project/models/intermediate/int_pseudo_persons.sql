-- Grain: one account of a person no roster knows: accounts that share an e-mail address or employee
-- id are one person's. Each round spreads the lowest key through the accounts that share one; three
-- settle what real data holds.
with unmatched as (
    select assignments.account_key
    from {{ ref('int_identity_assignments') }} as assignments
    inner join {{ ref('int_account_kinds') }} as kinds
        on assignments.account_key = kinds.account_key
    where assignments.status = 'unmatched' and kinds.may_be_a_person
),

settings as (
    select max(case when setting = 'max_accounts_per_key' then value end) as max_accounts_per_key
    from {{ ref('identity_settings') }}
),

keys as (
    select
        keys.account_key,
        keys.key_type || ':' || keys.key_value as key_id,
        keys.key_type,
        keys.raw_value,
        count(*) over (partition by keys.key_type, keys.key_value) as account_count,
        count(*) over (partition by keys.key_type, keys.key_value, keys.directory_id)
            as directory_account_count
    from {{ ref('int_account_keys') }} as keys
    inner join unmatched on keys.account_key = unmatched.account_key
    where
        keys.relation = 'self'
        and keys.key_type in ('email', 'employee_id')
        and keys.generic_reason is null
),

crowded as (
    select distinct keys.key_id
    from keys
    cross join settings
    where keys.directory_account_count > settings.max_accounts_per_key
),

edges as (
    select
        keys.account_key,
        keys.key_id,
        keys.key_type,
        keys.raw_value
    from keys
    left join crowded on keys.key_id = crowded.key_id
    where keys.account_count > 1 and crowded.key_id is null
),

labels_0 as (
    select
        account_key,
        min(key_id) as label
    from edges
    group by account_key
),

{% for round in range(1, 4) %}
    key_labels_{{ round }} as (
        select
            edges.key_id,
            min(labels.label) as label
        from edges
        inner join labels_{{ round - 1 }} as labels on edges.account_key = labels.account_key
        group by edges.key_id
    ),

    labels_{{ round }} as (
        select
            edges.account_key,
            min(key_labels.label) as label
        from edges
        inner join key_labels_{{ round }} as key_labels on edges.key_id = key_labels.key_id
        group by edges.account_key
    ),
{% endfor %}

rules as (
    select
        account_key,
        {{ list_text("'shared_' || key_type") }} as rules,
        max(case key_type when 'email' then 0.97 else 0.95 end) as confidence
    from edges
    group by account_key
)

select
    labels_3.account_key,
    labels_3.label as anchor,
    md5('person:' || labels_3.label) as identity_id,
    rules.rules,
    rules.confidence
from labels_3
inner join rules on labels_3.account_key = rules.account_key
