-- Grain: one tag of an IAM user, or one further attribute of another account, that means something
-- to us (int_attribute_meanings), with its value, or the part of it that means a person.
with listed as (
    select
        listed.account_key,
        listed.source_kind,
        listed.attribute,
        listed.source_field,
        listed.attribute_value,
        meanings.meaning,
        meanings.form,
        meanings.rank
    from {{ ref('int_attributes_listed') }} as listed
    inner join {{ ref('int_attribute_meanings') }} as meanings
        on
            listed.directory_id = meanings.directory_id
            and listed.source_kind = meanings.source_kind
            and listed.attribute = meanings.attribute
    where meanings.meaning not in ('creator', 'other', 'unclear', 'unknown')
),

-- On the account of the person it names such an attribute says who that is; elsewhere, who owns it.
self as (
    select
        listed.account_key,
        listed.source_field
    from listed
    inner join {{ ref('int_vocabulary_values') }} as resolved
        on listed.attribute_value = resolved.attribute_value
    inner join {{ ref('int_vocabulary_fits') }} as fits
        on listed.account_key = fits.account_key and resolved.person = fits.person
    where listed.meaning = 'owner_or_self'
    group by listed.account_key, listed.source_field
),

-- The part that means a person, where the whole does not.
whole as (
    select distinct attribute_value
    from {{ ref('int_vocabulary_values') }}
    where part = attribute_value
),

parts as (
    select distinct
        parts.attribute_value,
        parts.part
    from {{ ref('int_vocabulary_values') }} as parts
    left join whole on parts.attribute_value = whole.attribute_value
    where whole.attribute_value is null
),

told as (
    select
        listed.account_key,
        listed.source_field,
        case
            when listed.meaning <> 'owner_or_self' then listed.meaning
            when self.account_key is not null then listed.form
            else 'owner'
        end as meaning,
        listed.rank,
        coalesce(parts.part, listed.attribute_value) as attribute_value
    from listed
    left join self
        on listed.account_key = self.account_key and listed.source_field = self.source_field
    left join parts
        on
            listed.attribute_value = parts.attribute_value
            and listed.meaning in (
                'owner', 'owner_or_self', 'person', 'email', 'employee_id', 'username'
            )
)

select
    account_key,
    source_field,
    meaning,
    attribute_value,
    row_number() over (
        partition by account_key, meaning
        order by rank, source_field, attribute_value
    ) as preference
from told
