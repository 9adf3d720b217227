-- Grain: one value of tags and attributes, one part of it (the whole, an address in it, or what
-- stands between separators), and one person that this part means.
with distinct_values as (
    select attribute_value
    from {{ ref('int_attributes_listed') }}
    group by attribute_value
),

-- What has no separator, or is an address, is one part.
parts as (
    select
        attribute_value,
        attribute_value as part
    from distinct_values
    union
    select
        attribute_value,
        {{ each(split_at_bars("translate(attribute_value, '/;,()<>[]\"', '||||||||||')")) }} as part
    from distinct_values
    where {{ regexp_matches('attribute_value', '[/;,|()<>\\[\\]]') }}
    union
    select
        attribute_value,
        {{ each(split_words("translate(attribute_value, '/;,|()<>[]\"', '           ')")) }} as part
    from distinct_values
    where attribute_value like '% %' and attribute_value like '%@%'
),

-- `uid=jdoe` of a distinguished name is jdoe.
trimmed as (
    select distinct
        attribute_value,
        trim(regexp_replace(part, '^ *[A-Za-z]+=', '')) as part
    from parts
    where part <> ''
),

normalised as (
    select
        attribute_value,
        part,
        case when part like '%_@_%' then 'email' else 'text' end as form,
        case
            when part like '%_@_%' then {{ normalise_email('part') }}
            else {{ words(fold('part')) }}
        end as plain,
        case
            when {{ regexp_matches('part', '[0-9]') }} and part not like '%@%'
                then {{ normalise_employee_id('part') }}
        end as number
    from trimmed
    where length(part) > 2
),

lookups as (
    select
        attribute_value,
        part,
        'email' as key_type,
        plain as key_value
    from normalised
    where form = 'email'
    union all
    select
        attribute_value,
        part,
        'name' as key_type,
        plain as key_value
    from normalised
    where form = 'text'
    union all
    select
        attribute_value,
        part,
        'username' as key_type,
        plain as key_value
    from normalised
    where form = 'text'
    union all
    select
        attribute_value,
        part,
        'number' as key_type,
        number as key_value
    from normalised
    where number <> ''
    union all
    select
        attribute_value,
        attribute_value as part,
        'record' as key_type,
        lower(attribute_value) as key_value
    from distinct_values
)

select
    lookups.attribute_value,
    lookups.part,
    keys.person,
    min(keys.key_type) as key_type,
    -- A short number may as well count something else.
    min(case when keys.key_type = 'number' and length(keys.key_value) < 5 then 1 else 0 end) = 1
        as is_weak
from lookups
inner join {{ ref('int_vocabulary_keys') }} as keys
    on lookups.key_type = keys.key_type and lookups.key_value = keys.key_value
group by lookups.attribute_value, lookups.part, keys.person
