{#- Text and arrays where engines differ. -#}

{% macro as_text(value) -%}
    {{ adapter.dispatch('as_text', 'certification')(value) }}
{%- endmacro %}

{% macro duckdb__as_text(value) -%}
    cast({{ value }} as varchar)
{%- endmacro %}

{% macro spark__as_text(value) -%}
    cast({{ value }} as string)
{%- endmacro %}

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
    array_to_string(list_sort(array_agg(distinct {{ expression }}) filter ({{ expression }} is not null)), '{{ separator }}')
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

{#-
    One form for the same text typed or pasted differently: white space of any kind is one space, invisible marks are
    gone, accents are composed. Engines without Unicode normalisation leave the accents as they are.
-#}
{% macro composed(text) -%}
    {{ adapter.dispatch('composed', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__composed(text) -%}
    case
        when not regexp_matches({{ text }}, '[^ -~]|  ') then {{ text }}
        else nfc_normalize(
            regexp_replace(regexp_replace({{ text }}, '\p{Cf}', '', 'g'), '[\s\p{Z}]+', ' ', 'g')
        )
    end
{%- endmacro %}

{% macro spark__composed(text) -%}
    regexp_replace(regexp_replace({{ text }}, r'\p{Cf}', ''), r'[\s\p{Z}]+', ' ')
{%- endmacro %}

{#- Letters and digits only, lower case, without accents: for comparing names, never for keys. -#}
{% macro folded(text) -%}
    {{ adapter.dispatch('folded', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__folded(text) -%}
    regexp_replace(lower(strip_accents({{ text }})), '[^\p{L}\p{N}]', '', 'g')
{%- endmacro %}

{% macro spark__folded(text) -%}
    regexp_replace(lower({{ text }}), r'[^\p{L}\p{N}]', '')
{%- endmacro %}

{#- A space where a word ends in camelCase: svcDeploy, CIRunner. -#}
{% macro split_camel_case(text) -%}
    {%- set humps = regexp_replace_all(text, '(\\p{Ll})(\\p{Lu})', '\\1 \\2') -%}
    {{ regexp_replace_all(humps, '(\\p{Lu})(\\p{Lu}\\p{Ll})', '\\1 \\2') }}
{%- endmacro %}

{#- A text parted at every `|`, as an array. -#}
{% macro split_at_bars(text) -%}
    {{ adapter.dispatch('split_at_bars', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__split_at_bars(text) -%}
    string_split({{ text }}, '|')
{%- endmacro %}

{% macro spark__split_at_bars(text) -%}
    split({{ text }}, '[|]')
{%- endmacro %}
