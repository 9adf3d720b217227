{#-
    Common table expressions for weak_evidence: persons whose name the user name or the address is made of (`by_pattern`).
    Where a directory makes user names in one way, those who fit that way are counted among themselves.
-#}
{% macro candidates_by_pattern(register) -%}
-- user names and addresses made of names
bases as (
    select account_key, base, 'username' as made_field
    from subject_profiles
    where base <> '' and not is_number
    union all
    select account_key, email_base, 'email'
    from subject_profiles
    where email_base <> ''
),

wanted_bases as (
    select base from subject_profiles
    union
    select email_base as base from subject_profiles
),

wanted_usernames as (
    select
        usernames.person_key,
        usernames.pattern,
        usernames.username,
        usernames.name_level
    from {{ register.usernames }} as usernames
    inner join wanted_bases on usernames.username = wanted_bases.base
),

holders as (
    select
        username,
        person_key,
        max(case when pattern not in ('first', 'last') and name_level <= 2 then 1 else 0 end) as is_full,
        max(case when pattern not in ('first', 'last') and name_level = 1 then 1 else 0 end) as is_own
    from wanted_usernames
    group by username, person_key
),

base_holders as (
    select
        username,
        count(*) as persons,
        sum(is_full) as full_persons,
        sum(is_own) as own_persons
    from holders
    group by username
),

crowded_usernames as (
    select username
    from base_holders
    where persons > {{ threshold('block_limit') }}
),

-- left out before anything is joined to them
compared_usernames as (
    select wanted_usernames.*
    from wanted_usernames
    left join crowded_usernames on wanted_usernames.username = crowded_usernames.username
    where crowded_usernames.username is null
),

usual_patterns as (
    select
        directory_id,
        replace(habit, 'pattern:', '') as pattern,
        'username' as made_field
    from {{ ref('int_username_habits') }}
    where habit like 'pattern:%'
        and sample >= {{ threshold('habit_sample') }}
        and share >= {{ threshold('habit_share') }}
),

made_bases as (
    select
        bases.account_key,
        usernames.person_key,
        bases.made_field,
        bases.base,
        usernames.pattern,
        usernames.name_level,
        base_holders.persons,
        base_holders.full_persons,
        -- a user name is seldom made of a nickname, a former or a middle name where somebody's own name makes it
        case
            when usernames.name_level = 1
                then base_holders.own_persons + (base_holders.full_persons - base_holders.own_persons) / 8.0
            else base_holders.full_persons - base_holders.own_persons + 8.0 * base_holders.own_persons
        end as rivals,
        case when usual_patterns.pattern is not null then 1 else 0 end as is_habit
    from bases
    inner join subject_profiles on bases.account_key = subject_profiles.account_key
    inner join base_holders on bases.base = base_holders.username
    inner join compared_usernames as usernames on bases.base = usernames.username
    left join usual_patterns
        on subject_profiles.directory_id = usual_patterns.directory_id
        and usernames.pattern = usual_patterns.pattern
        and bases.made_field = usual_patterns.made_field
),

pattern_matches as (
    select
        account_key,
        person_key,
        made_field,
        base,
        min(pattern) as pattern,
        max(is_habit) as is_habit,
        max(persons) as persons,
        min(rivals) as rivals,
        max(case when pattern in ('firstlast', 'lastfirst') then 1 else 0 end) as is_spelled_out,
        min(case when pattern in ('first', 'last') then 1 else 0 end) as is_single,
        min(case when pattern in ('first', 'last') then 9 else name_level end) as name_level
    from made_bases
    group by account_key, person_key, made_field, base
),

-- where a directory has a habit, those who fit it are counted among themselves
habitual as (
    select
        account_key,
        made_field,
        count(distinct case when name_level = 1 then person_key end) as own_persons,
        count(distinct case when name_level = 2 then person_key end) as other_persons
    from pattern_matches
    where is_habit = 1 and name_level <= 2
    group by account_key, made_field
),

by_pattern as (
    select
        matches.account_key,
        matches.person_key,
        case
            when matches.is_single = 1 then 'single_name'
            when matches.name_level = 3 and matches.is_spelled_out = 1 then 'username_half'
            when matches.name_level = 3 then 'username_part'
            when matches.made_field = 'email' then 'email_pattern'
            else 'username_pattern'
        end as rule,
        case
            when matches.is_single = 1 then matches.persons
            when matches.name_level = 3 then matches.persons
            when matches.is_habit = 1 and matches.name_level = 1 then habitual.own_persons + habitual.other_persons / 8.0
            when matches.is_habit = 1 then habitual.other_persons + 8.0 * habitual.own_persons
            when habitual.account_key is not null then 2 * matches.rivals
            else matches.rivals
        end as persons,
        matches.base as left_value,
        matches.pattern as right_value
    from pattern_matches as matches
    left join habitual on matches.account_key = habitual.account_key and matches.made_field = habitual.made_field
)
{%- endmacro %}
