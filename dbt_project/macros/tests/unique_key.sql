{#- A table's grain: the columns together are never null and never repeated. Returns the keys that are. -#}
{% test unique_key(model, columns) %}
select
    {% for column in columns %}{{ column }},
    {% endfor -%}
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
    {%- for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
