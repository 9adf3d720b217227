{#- Names one finding in every sync: of its type, its account and, where an account may have several, what it is about. -#}
{%- macro finding_id(finding_type, account_key, subject='null') -%}
    md5(concat_ws('|', {{ finding_type }}, {{ account_key }}, {{ as_text(subject) }}))
{%- endmacro -%}
