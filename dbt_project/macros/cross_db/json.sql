{#- JSON held as text. The only place that knows how an engine opens it. -#}

{#- A JSON object of strings as an array of (key, value) pairs; null for null or malformed text. -#}
{% macro json_entries(column) -%}
    {{ adapter.dispatch('json_entries', 'certification')(column) }}
{%- endmacro %}

{% macro duckdb__json_entries(column) -%}
    map_entries(case when json_valid({{ column }}) then from_json({{ column }}, '"MAP(VARCHAR, VARCHAR)"') end)
{%- endmacro %}

{% macro spark__json_entries(column) -%}
    map_entries(from_json({{ column }}, 'map<string, string>'))
{%- endmacro %}

{#- A JSON array as an array of texts, each element a string's value or another value's JSON. -#}
{% macro json_elements(column) -%}
    {{ adapter.dispatch('json_elements', 'certification')(column) }}
{%- endmacro %}

{% macro duckdb__json_elements(column) -%}
    case when json_valid({{ column }}) then from_json({{ column }}, '["VARCHAR"]') end
{%- endmacro %}

{% macro spark__json_elements(column) -%}
    from_json({{ column }}, 'array<string>')
{%- endmacro %}

{#- One member of a JSON object: a string's value, or another value's JSON; null where there is none. -#}
{% macro json_member(column, member) -%}
    {{ adapter.dispatch('json_member', 'certification')(column, member) }}
{%- endmacro %}

{% macro duckdb__json_member(column, member) -%}
    case when json_valid({{ column }}) then json_extract_string({{ column }}, '$.{{ member }}') end
{%- endmacro %}

{% macro spark__json_member(column, member) -%}
    get_json_object({{ column }}, '$.{{ member }}')
{%- endmacro %}

{#- Whether a JSON array of strings holds a word; false for null. -#}
{% macro json_has(column, word) -%}
    coalesce({{ adapter.dispatch('array_has', 'certification')(json_elements(column), "'" ~ word ~ "'") }}, false)
{%- endmacro %}

{% macro duckdb__array_has(array, value) -%}
    list_contains({{ array }}, {{ value }})
{%- endmacro %}

{% macro spark__array_has(array, value) -%}
    array_contains({{ array }}, {{ value }})
{%- endmacro %}

{#- A text as a JSON string, whatever is in it: quotes, backslashes, control characters. -#}
{% macro json_string(text) -%}
    {{ adapter.dispatch('json_string', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__json_string(text) -%}
    cast(to_json({{ text }}) as varchar)
{%- endmacro %}

{% macro spark__json_string(text) -%}
    regexp_extract(to_json(named_struct('v', {{ text }})), '^\\{"v":(.*)\\}$', 1)
{%- endmacro %}

{#- Whether a text is JSON. -#}
{% macro is_json(text) -%}
    {{ adapter.dispatch('is_json', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__is_json(text) -%}
    json_valid({{ text }})
{%- endmacro %}

{% macro spark__is_json(text) -%}
    (get_json_object({{ text }}, '$') is not null)
{%- endmacro %}

{#- A JSON element that may be one value or a list of them, as a list's text: IAM allows both everywhere. A text that
    merely begins with a bracket is one value. -#}
{% macro json_as_list(text) -%}
    case
        when {{ text }} is null then null
        when substr({{ text }}, 1, 1) = '[' and {{ is_json(text) }} then {{ text }}
        when substr({{ text }}, 1, 1) = '{' and {{ is_json(text) }} then '[' || {{ text }} || ']'
        else '[' || {{ json_string(text) }} || ']'
    end
{%- endmacro %}
