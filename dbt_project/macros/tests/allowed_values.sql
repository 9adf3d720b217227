{#- Columns that hold one of a few words, or null where `nullable` names them. Returns the other values. -#}
{% test allowed_values(model, values, nullable=[]) %}
{% for column, words in values.items() %}
select
    '{{ column }}' as column_name,
    {{ as_text(column) }} as found,
    count(*) as row_count
from {{ model }}
where {{ column }} not in ('{{ words | join("', '") }}')
    {%- if column not in nullable %} or {{ column }} is null{% endif %}
group by {{ column }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endtest %}
