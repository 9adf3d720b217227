{#-
    The instant history is written at: the evaluation's own, so that no clock is read and a build repeated
    after a crash writes the same rows. Every snapshot refs int_evaluation for it.
-#}
{% macro duckdb__snapshot_get_time() -%}
    (select evaluation.evaluated_at from {{ ref('int_evaluation') }} as evaluation)
{%- endmacro %}
