{#-
    Names a person may go by: those of a relation (person_key, given, family, name_level) and what nicknames make of them.
    Levels: 1 as written where the person is known from, 2 nicknames, former and middle names, 3 half of a double name.
-#}
{% macro person_names(names) -%}
, expanded as (
    select person_key, given, family, name_level
    from {{ names }}
    union all
    select {{ names }}.person_key, nicknames.nickname, {{ names }}.family, greatest({{ names }}.name_level, 2)
    from {{ names }}
    inner join {{ ref('nicknames') }} as nicknames on {{ names }}.given = nicknames.given_name
    union all
    select {{ names }}.person_key, nicknames.given_name, {{ names }}.family, greatest({{ names }}.name_level, 2)
    from {{ names }}
    inner join {{ ref('nicknames') }} as nicknames on {{ names }}.given = nicknames.nickname
)

select
    person_key,
    given,
    family,
    {{ name_key('given', 'family') }} as name_key,
    min(name_level) as name_level
from expanded
group by person_key, given, family
{%- endmacro %}

{#- User names that some account has and that a relation of person names (person_key, given, family, name_level) makes. -#}
{% macro person_usernames(names, templates=none) -%}
made as (
    select person_key, 'flast' as pattern, left(given, 1) || family as username, name_level from {{ names }}
    union all
    select person_key, 'lastf', family || left(given, 1), name_level from {{ names }}
    union all
    select person_key, 'firstl', given || left(family, 1), name_level from {{ names }}
    union all
    select person_key, 'firstlast', given || family, name_level from {{ names }}
    union all
    select person_key, 'lastfirst', family || given, name_level from {{ names }}
    union all
    select person_key, 'flast8', left(left(given, 1) || family, 8), name_level from {{ names }} where length(family) > 7
    union all
    select person_key, 'first3last3', left(given, 3) || left(family, 3), name_level from {{ names }} where name_level = 1
    union all
    select person_key, 'first', given, name_level from {{ names }}
    union all
    select person_key, 'last', family, name_level from {{ names }}
    {%- if templates %}
    union all
    select
        {{ names }}.person_key,
        templates.pattern,
        case
            when templates.is_family_first
                then left({{ names }}.family, templates.family_letters) || left({{ names }}.given, templates.given_letters)
            else left({{ names }}.given, templates.given_letters) || left({{ names }}.family, templates.family_letters)
        end,
        {{ names }}.name_level
    from {{ names }}
    cross join (
        select distinct pattern, given_letters, family_letters, is_family_first from {{ templates }}
    ) as templates
    {%- endif %}
)

select
    made.person_key,
    made.pattern,
    made.username,
    min(made.name_level) as name_level
from made
inner join {{ ref('int_account_bases') }} as bases on made.username = bases.base
where length(made.username) > 2
group by made.person_key, made.pattern, made.username
{%- endmacro %}
