-- Grain: one attribute in one directory, what it is taken for, and why: settings decide, then what
-- its values show, then the list of usual names.
with listed as (
    select
        listed.directory_id,
        directories.kind as directory_kind,
        directories.is_authoritative,
        listed.source_kind,
        listed.attribute,
        min(listed.attribute_key) as attribute_key,
        count(*) as accounts
    from {{ ref('int_attributes_listed') }} as listed
    inner join {{ ref('int_directories_assessed') }} as directories
        on listed.directory_id = directories.directory_id
    group by
        listed.directory_id,
        directories.kind,
        directories.is_authoritative,
        listed.source_kind,
        listed.attribute
),

attributes as (
    select distinct attribute
    from listed
),

-- `corp:owner` is an owner, and so is `corp-owner` where that is one of the names.
named as (
    select
        attribute,
        {{ letters_and_digits(fold("regexp_replace(attribute, '^.*[:/]', '')")) }} as attribute_name
    from attributes
    union
    select
        attribute,
        {{ letters_and_digits(fold('attribute')) }} as attribute_name
    from attributes
),

usual as (
    select
        named.attribute,
        meanings.meaning,
        meanings.rank,
        row_number() over (
            partition by named.attribute order by meanings.rank, meanings.meaning
        ) as preference
    from named
    inner join {{ ref('attribute_meanings') }} as meanings
        on named.attribute_name = meanings.attribute_name
),

settings as (
    select
        lower({{ composed('attribute') }}) as attribute,
        max(meaning) as meaning
    from {{ ref('stg_pipeline__attribute_settings') }}
    group by lower({{ composed('attribute') }})
),

-- A directory's own values count where there are many; else those of all directories of its kind.
measured as (
    select
        listed.directory_id,
        listed.source_kind,
        listed.attribute,
        learned.learned,
        learned.form,
        learned.is_creator_twice_over,
        learned.people_share,
        learned.resolved_share,
        learned.own_share,
        learned.elsewhere_share,
        learned.distinct_share,
        learned.username_share,
        row_number() over (
            partition by listed.directory_id, listed.source_kind, listed.attribute
            order by
                case when learned.learned in ('other', 'unclear') then 1 else 0 end,
                case
                    when learned.directory_id is not null and learned.uses >= 50 then 0
                    when learned.directory_id is null then 1
                    else 2
                end
        ) as preference
    from listed
    inner join {{ ref('int_attribute_meanings_learned') }} as learned
        on
            listed.directory_kind = learned.directory_kind
            and listed.source_kind = learned.source_kind
            and listed.attribute = learned.attribute
    where
        not listed.is_authoritative
        and coalesce(learned.directory_id, listed.directory_id) = listed.directory_id
),

weighed as (
    select
        listed.*,
        usual.meaning as usual_meaning,
        coalesce(usual.rank, 100) as rank,
        settings.meaning as set_meaning,
        measured.learned,
        measured.form,
        measured.people_share,
        measured.resolved_share,
        measured.own_share,
        measured.elsewhere_share,
        measured.distinct_share,
        measured.username_share,
        case
            when measured.learned in ('other', 'unclear') then false
            -- These name no person; that some values look like one decides nothing.
            when usual.meaning in ('external_id', 'former_family_name', 'break_glass') then false
            -- An attribute called owner is a creator only if both say so: who, and how few.
            when measured.learned = 'creator' and usual.meaning = 'owner'
                then measured.is_creator_twice_over
            when measured.learned = 'application' then usual.meaning is null
            else measured.learned is not null
        end as is_learned,
        coalesce(usual.meaning = 'application' and measured.people_share > 0.5, false)
            as is_on_people
    from listed
    left join usual on listed.attribute = usual.attribute and usual.preference = 1
    left join settings on listed.attribute = settings.attribute
    left join measured
        on
            listed.directory_id = measured.directory_id
            and listed.source_kind = measured.source_kind
            and listed.attribute = measured.attribute
            and measured.preference = 1
),

judged as (
    select
        *,
        case
            when set_meaning is not null then 'setting'
            when is_learned or is_on_people then 'learned'
            when usual_meaning is not null then 'prior'
            when learned is not null then 'learned'
            else 'unknown'
        end as source,
        case
            when set_meaning is not null then set_meaning
            when is_learned and learned <> 'identity' then learned
            when is_learned and usual_meaning in ('email', 'employee_id', 'username', 'person')
                then usual_meaning
            when is_learned then form
            when is_on_people then 'other'
            when usual_meaning is not null then usual_meaning
            else coalesce(learned, 'unknown')
        end as meaning
    from weighed
)

select
    directory_id,
    source_kind,
    attribute,
    attribute_key,
    case meaning when 'identity' then 'person' else meaning end as meaning,
    source,
    coalesce(form, 'person') as form,
    rank,
    usual_meaning,
    learned,
    accounts,
    people_share,
    resolved_share,
    own_share,
    elsewhere_share,
    distinct_share,
    username_share
from judged
