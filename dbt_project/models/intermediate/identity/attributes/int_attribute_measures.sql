-- Grain: one attribute in one directory, or in all directories of one kind together (directory_id
-- is null): how its values relate to people and to the accounts that carry it.
with uses as (
    select * from {{ ref('int_vocabulary_uses') }}
),

sizes as (
    select
        directory_kind,
        directory_id,
        count(*) as directory_size
    from {{ ref('int_vocabulary_accounts') }}
    where not is_authoritative
    group by directory_kind, directory_id
),

kind_sizes as (
    select
        directory_kind,
        sum(directory_size) as kind_size
    from sizes
    group by directory_kind
),

scoped as (
    select
        *,
        directory_id as scope_id
    from uses
    union all
    select
        *,
        {{ as_text('null') }} as scope_id
    from uses
),

counted as (
    select
        directory_kind,
        scope_id as directory_id,
        source_kind,
        attribute,
        count(*) as uses,
        count(distinct attribute_value) as distinct_values,
        count(case when is_person then 1 end) as on_people,
        count(case when is_resolved then 1 end) as resolved,
        count(distinct case when is_resolved then person end) as persons,
        count(case when is_resolved and is_person then 1 end) as resolved_on_people,
        count(case when is_own and is_person then 1 end) as own,
        count(case when is_in_username and not is_person then 1 end) as in_username,
        count(case when is_resolved and key_type = 'email' then 1 end) as as_email,
        count(case when is_resolved and key_type = 'number' then 1 end) as as_number,
        count(case when is_resolved and key_type = 'username' then 1 end) as as_username
    from scoped
    group by directory_kind, scope_id, source_kind, attribute
)

select
    counted.directory_kind,
    counted.directory_id,
    counted.source_kind,
    counted.attribute,
    counted.uses,
    counted.distinct_values,
    counted.on_people,
    counted.resolved,
    counted.persons,
    counted.resolved_on_people,
    counted.own,
    counted.as_email,
    counted.as_number,
    counted.as_username,
    coalesce(sizes.directory_size, kind_sizes.kind_size) as accounts,
    1.0 * counted.resolved / counted.uses as resolved_share,
    1.0 * counted.own / nullif(counted.resolved_on_people, 0) as own_share,
    1.0 * (counted.resolved - counted.resolved_on_people) / nullif(counted.resolved, 0)
        as elsewhere_share,
    1.0 * counted.persons / nullif(counted.resolved, 0) as distinct_share,
    1.0 * counted.in_username / nullif(counted.uses - counted.on_people, 0) as username_share,
    1.0 * counted.on_people / counted.uses as people_share
from counted
left join sizes on counted.directory_id = sizes.directory_id
left join kind_sizes
    on counted.directory_kind = kind_sizes.directory_kind and counted.directory_id is null
