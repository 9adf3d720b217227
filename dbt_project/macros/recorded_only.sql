{#-
    What history is told: the rows of `relation` after a sync, and after a what-if (--as-of) history's own rows again,
    so that nothing changes in it. Only for snapshots.
-#}
{% macro recorded_only(relation, columns) -%}
    select
        {{ columns | join(',\n        ') }}
    from {{ relation }}
    where not (select evaluation.is_what_if from {{ ref('int_evaluation') }} as evaluation)
    {%- if execute and load_relation(this) is not none %}
    union all
    select
        {{ columns | join(',\n        ') }}
    from {{ this }}
    where
        dbt_valid_to is null
        and dbt_is_deleted = 'False'
        and (select evaluation.is_what_if from {{ ref('int_evaluation') }} as evaluation)
    {%- endif %}
{%- endmacro %}
