{#- Drop what an earlier --as-of found, once a real sync is judged or an earlier instant. Nothing on a first build. -#}
{% macro forget_what_ifs(states) -%}
    {%- if execute and load_relation(states) is not none -%}
        delete from {{ states }}
        where lane = 'as_of' and exists (
            select 1 from {{ ref('int_evaluation') }} as evaluation
            where not evaluation.is_what_if or evaluation.evaluated_at < {{ states }}.evaluated_at
        )
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
