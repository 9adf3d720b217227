{#-
    Common table expressions for weak_evidence: persons whose name an account says (`by_name`). A name that more people
    have than block_limit is not compared at all.
-#}
{% macro candidates_by_name(register) -%}
-- Here as below only what the subjects are called is counted: they are few beside the register.
wanted_names as (
    select distinct name_key
    from subject_names
),

named_persons as (
    select
        names.name_key,
        names.person_key,
        min(names.name_level) as name_level
    from {{ register.names }} as names
    inner join wanted_names on names.name_key = wanted_names.name_key
    group by names.name_key, names.person_key
),

name_holders as (
    select
        name_key,
        person_key,
        name_level,
        count(*) over (partition by name_key) as persons,
        sum(case when name_level <= 2 then 1 else 0 end) over (partition by name_key) as whole_persons,
        sum(case when name_level = 1 then 1 else 0 end) over (partition by name_key) as own_persons
    from named_persons
),

same_names as (
    select
        subject_names.account_key,
        name_holders.person_key,
        subject_names.name_key,
        name_holders.persons,
        name_holders.whole_persons,
        name_holders.own_persons,
        min(case when subject_names.is_whole then name_holders.name_level else 3 end) as name_level
    from subject_names
    inner join name_holders on subject_names.name_key = name_holders.name_key
    where name_holders.persons <= {{ threshold('block_limit') }}
    group by
        subject_names.account_key, name_holders.person_key, subject_names.name_key,
        name_holders.persons, name_holders.whole_persons, name_holders.own_persons
),

departments as (
    select
        same_names.account_key,
        same_names.name_key,
        same_names.person_key,
        count(*) over (partition by same_names.account_key, same_names.name_key) as persons_in_department
    from same_names
    inner join subject_profiles on same_names.account_key = subject_profiles.account_key
    inner join {{ register.persons }} as persons on same_names.person_key = persons.person_key
    where same_names.name_level = 1 and subject_profiles.department = persons.department
),

by_name as (
    select
        same_names.account_key,
        same_names.person_key,
        case
            when same_names.name_level = 3 then 'name_part'
            when same_names.name_level = 2 then 'name_variant'
            when same_names.own_persons = 1 and departments.person_key is not null then 'full_name_department'
            when same_names.own_persons = 1 then 'full_name'
            when departments.persons_in_department = 1 then 'full_name_in_department'
            else 'full_name_shared'
        end as rule,
        case
            when same_names.name_level = 3 then same_names.persons
            when same_names.name_level = 2 then same_names.whole_persons
            when same_names.own_persons = 1 or departments.persons_in_department = 1 then 1
            else same_names.own_persons
        end as persons,
        same_names.name_key as left_value,
        same_names.name_key as right_value
    from same_names
    left join departments
        on same_names.account_key = departments.account_key
        and same_names.name_key = departments.name_key
        and same_names.person_key = departments.person_key
)
{%- endmacro %}
