{#- Text and arrays where engines differ. -#}

{#- One row an element; only as a column of a select. -#}
{% macro each(array) -%}
    {{ adapter.dispatch('each', 'certification')(array) }}
{%- endmacro %}

{% macro duckdb__each(array) -%}
    unnest({{ array }})
{%- endmacro %}

{% macro spark__each(array) -%}
    explode({{ array }})
{%- endmacro %}

{% macro regexp_replace_all(text, pattern, replacement) -%}
    {{ adapter.dispatch('regexp_replace_all', 'certification')(text, pattern, replacement) }}
{%- endmacro %}

{% macro duckdb__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, r'{{ pattern }}', r'{{ replacement | replace("\\", "$") }}')
{%- endmacro %}

{#- The distinct values of a group, sorted, as text. -#}
{% macro list_text(expression, separator=', ') -%}
    {{ adapter.dispatch('list_text', 'certification')(expression, separator) }}
{%- endmacro %}

{% macro duckdb__list_text(expression, separator) -%}
    string_agg(distinct {{ expression }}, '{{ separator }}' order by {{ expression }})
{%- endmacro %}

{% macro spark__list_text(expression, separator) -%}
    nullif(array_join(array_sort(collect_set({{ expression }})), '{{ separator }}'), '')
{%- endmacro %}

{#- The API actions a text names (`iam:GetUser`), distinct and sorted, as text; null where it names none. -#}
{% macro actions_in(text) -%}
    nullif({{ adapter.dispatch('actions_in', 'certification')(text) }}, '')
{%- endmacro %}

{% macro duckdb__actions_in(text) -%}
    array_to_string(list_sort(list_distinct(regexp_extract_all({{ text }}, '[a-z][a-z-]+:[A-Z][A-Za-z]+'))), ', ')
{%- endmacro %}

{% macro spark__actions_in(text) -%}
    array_join(array_sort(array_distinct(regexp_extract_all({{ text }}, '[a-z][a-z-]+:[A-Z][A-Za-z]+', 0))), ', ')
{%- endmacro %}

{#- One composed form for the same text typed differently; engines without Unicode normalisation keep it. -#}
{% macro composed(text) -%}
    {{ adapter.dispatch('composed', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}

{% macro default__composed(text) -%}
    {{ text }}
{%- endmacro %}

{#- Letters and digits only, lower case, without accents: for comparing names, never for keys. -#}
{% macro folded(text) -%}
    {{ adapter.dispatch('folded', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__folded(text) -%}
    regexp_replace(lower(strip_accents({{ text }})), '[^\p{L}\p{N}]', '', 'g')
{%- endmacro %}

{% macro default__folded(text) -%}
    regexp_replace(lower({{ text }}), r'[^\p{L}\p{N}]', '')
{%- endmacro %}
