-- Grain: one attribute in one directory, or in all directories of one kind (directory_id is null),
-- and what its values show it to mean. Shown only where enough accounts carry it.
with measures as (
    select
        *,
        resolved_on_people >= 5 and resolved_on_people >= 0.05 * resolved as has_people,
        resolved_on_people < 2 or resolved_on_people < 0.05 * resolved as has_hardly_any_people
    from {{ ref('int_attribute_measures') }}
    where uses >= 5 and accounts >= 50
),

classed as (
    select
        *,
        case
            when
                resolved >= 5 and resolved_share >= 0.3 and has_people and own_share >= 0.8
                then case when elsewhere_share < 0.15 then 'identity' else 'owner_or_self' end
            when resolved >= 5 and resolved_share >= 0.3 and has_people and own_share < 0.3
                then 'creator'
            when resolved >= 5 and resolved_share >= 0.3 and has_hardly_any_people
                then case when distinct_share >= 0.6 then 'owner' else 'creator' end
            when
                resolved_share < 0.3
                and uses - on_people >= 5
                and username_share >= 0.7
                and people_share <= 0.05
                and distinct_values >= 5
                then 'application'
            when resolved_share < 0.3 then 'other'
            else 'unclear'
        end as learned
    from measures
)

select
    directory_kind,
    directory_id,
    source_kind,
    attribute,
    learned,
    case
        when as_email >= 0.9 * resolved then 'email'
        when as_number >= 0.9 * resolved then 'employee_id'
        when as_username >= 0.9 * resolved then 'username'
        else 'person'
    end as form,
    has_people and distinct_share < 0.6 as is_creator_twice_over,
    uses,
    people_share,
    resolved_share,
    own_share,
    elsewhere_share,
    distinct_share,
    username_share
from classed
