{#- A folder's schema is its name and nothing else: analysts write `findings.stale_accounts`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
