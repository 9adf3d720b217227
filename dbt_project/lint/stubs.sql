{#- What sqlfluff sees instead of our macros: it reads the models without dbt, so it cannot dispatch to an engine. -#}
{% macro as_text(value) %}cast({{ value }} as varchar){% endmacro %}
{% macro each(array) %}unnest({{ array }}){% endmacro %}
{% macro json_entries(column) %}map_entries({{ column }}){% endmacro %}
{% macro json_elements(column) %}split({{ column }}, ','){% endmacro %}
{% macro json_member(column, member) %}json_extract_string({{ column }}, '{{ member }}'){% endmacro %}
{% macro json_has(column, word) %}list_contains({{ column }}, '{{ word }}'){% endmacro %}
{% macro json_as_list(text) %}lower({{ text }}){% endmacro %}
{% macro regexp_replace_all(text, pattern, replacement) %}regexp_replace({{ text }}, 'x', 'y'){% endmacro %}
{% macro list_text(expression, separator) %}string_agg({{ expression }}, ', '){% endmacro %}
{% macro actions_in(text) %}lower({{ text }}){% endmacro %}
{% macro composed(text) %}lower({{ text }}){% endmacro %}
{% macro folded(text) %}lower({{ text }}){% endmacro %}
{% macro first_word(text) %}lower({{ text }}){% endmacro %}
{% macro split_camel_case(text) %}lower({{ text }}){% endmacro %}
{% macro email_key(text) %}lower({{ text }}){% endmacro %}
{% macro employee_id_key(text) %}upper({{ text }}){% endmacro %}
{% macro username_key(text) %}lower({{ text }}){% endmacro %}
{% macro days_before(instant, days) %}date_add({{ instant }}, {{ days }}){% endmacro %}
{% macro whole_days(earlier, later) %}date_sub({{ earlier }}, {{ later }}){% endmacro %}
{% macro seconds_between(earlier, later) %}date_sub({{ earlier }}, {{ later }}){% endmacro %}
{% macro instant_text(instant) %}lower({{ instant }}){% endmacro %}
{% macro forget_what_ifs(states) %}{% endmacro %}
{% macro recorded(relation, columns, unread) %}select {{ columns | join(', ') }} from {{ relation }}{% endmacro %}
