{#-
    CTEs over a table that may repeat its key: `<table>_repeated`, the keys that it does repeat, and `<table>_once`, one row of each
    key, the first by `order_by`, so that the order in which rows were read decides nothing. Only repeated keys are sorted.
-#}
{% macro one_row_each(table, keys, order_by) -%}
{{ table }}_repeated as (
    select
        {{ keys | join(',\n        ') }}
    from {{ table }}
    group by {{ keys | join(', ') }}
    having count(*) > 1
),

{{ table }}_numbered as (
    select
        {{ table }}.*,
        row_number() over (
            partition by {% for key in keys %}{{ table }}.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            order by {% for column in order_by %}{{ table }}.{{ column }} nulls last{{ ', ' if not loop.last }}{% endfor %}
        ) as occurrence
    from {{ table }}
    inner join {{ table }}_repeated as repeated
        on {% for key in keys %}{{ table }}.{{ key }} = repeated.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
),

{{ table }}_once as (
    select
        {{ table }}.*,
        1 as occurrence
    from {{ table }}
    left join {{ table }}_repeated as repeated
        on {% for key in keys %}{{ table }}.{{ key }} = repeated.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    where repeated.{{ keys[0] }} is null
    union all
    select * from {{ table }}_numbered
    where occurrence = 1
)
{%- endmacro %}

{#- Rows of one key that contradict each other: two values of one column, where an empty one is no value. -#}
{% macro contradicting(table, keys, columns, what) -%}
    select
        {{ keys[0] }},
        '{{ what }} is listed more than once, with different: ' || concat_ws(
            ', '
            {%- for column in columns %},
            case when min({{ column }}) <> max({{ column }}) then '{{ column }}' end
            {%- endfor %}
        ) as detail
    from {{ table }}
    group by {{ keys | join(', ') }}
    having
        {%- for column in columns %}
        {{ 'or ' if not loop.first }}min({{ column }}) <> max({{ column }})
        {%- endfor %}
{%- endmacro %}
