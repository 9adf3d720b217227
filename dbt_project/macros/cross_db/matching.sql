{#- What comparing identities needs and engines spell differently. -#}

{% macro regexp_matches(text, pattern) -%}
    {{ adapter.dispatch('regexp_matches', 'certification')(text, pattern) }}
{%- endmacro %}

{% macro duckdb__regexp_matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro default__regexp_matches(text, pattern) -%}
    regexp_like({{ text }}, '{{ pattern }}')
{%- endmacro %}

{#- Words parted by single blanks, as an array. -#}
{% macro split_words(text) -%}
    {{ adapter.dispatch('split_words', 'certification')(text) }}
{%- endmacro %}

{% macro duckdb__split_words(text) -%}
    string_split({{ text }}, ' ')
{%- endmacro %}

{% macro default__split_words(text) -%}
    split({{ text }}, ' ')
{%- endmacro %}

{#- Jaro-Winkler, between 0 and 1. -#}
{% macro similarity(one, other) -%}
    jaro_winkler_similarity({{ one }}, {{ other }})
{%- endmacro %}
