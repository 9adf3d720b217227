{#- How the two sides of a match are brought to one form. Null where the text is no such key. -#}

{#- Lower case, trimmed, without a +tag: `Anna.Lee+aws@Corp.example ` is `anna.lee@corp.example`. -#}
{% macro email_key(text) -%}
    nullif(
        regexp_extract(
            regexp_replace(lower(trim({{ composed(text) }})), '[+][^@]*@', '@'),
            '^[^@ ]+@[^@ ]+$',
            0
        ),
        ''
    )
{%- endmacro %}

{#- Upper case, trimmed, without leading zeros: spreadsheets eat them. -#}
{% macro employee_id_key(text) -%}
    nullif(regexp_replace(upper(trim({{ composed(text) }})), '^0+', ''), '')
{%- endmacro %}

{% macro username_key(text) -%}
    nullif(lower(trim({{ composed(text) }})), '')
{%- endmacro %}
