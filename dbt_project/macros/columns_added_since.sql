{#-
    Nulls for the columns, given as name to type, that a table of an older version of this project lacks; each with a
    comma after it. Nothing in a unit test, in which
    the relation is but a name.
-#}
{% macro columns_added_since(relation, columns) -%}
    {%- set existing = [] -%}
    {%- if execute and relation is not string -%}
        {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- endif -%}
    {%- for name, type in columns.items() if existing and name not in existing %}
    cast(null as {{ type }}) as {{ name }},
    {%- endfor %}
{%- endmacro %}
