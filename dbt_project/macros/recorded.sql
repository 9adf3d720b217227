{#-
    What history is told after a sync: the rows there are, and those of its own rows that are missing only because they
    could not be read (a denied key listing deletes no key). `unread` says so of `accounts` (int_accounts_judgeable);
    a directory that is not connected any more is never read. After a what-if (--as-of) it is told its own rows, so that
    nothing changes in it. Only for snapshots.
-#}
{% macro recorded(relation, columns, unread='false') -%}
    {%- set key = columns[0] -%}
    {%- set directories = ref('int_directories_assessed') -%}
    {%- set accounts = ref('int_accounts_judgeable') -%}
    select
        {%- for column in columns %}
        rows_now.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as rows_now
    cross join {{ ref('int_evaluation') }} as evaluation
    where not evaluation.is_what_if
    {%- if execute and load_relation(this) is not none %}
    union all
    select
        {%- for column in columns %}
        versions.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ this }} as versions
    cross join {{ ref('int_evaluation') }} as evaluation
    left join {{ relation }} as rows_now on versions.{{ key }} = rows_now.{{ key }}
    left join {{ directories }} as directories
        on versions.directory_id = directories.directory_id
    left join {{ accounts }} as accounts on versions.account_key = accounts.account_key
    where
        versions.dbt_valid_to is null
        and versions.dbt_is_deleted = 'False'
        and (
            evaluation.is_what_if
            or (
                rows_now.{{ key }} is null
                and (not coalesce(directories.has_snapshot, false) or {{ unread }})
            )
        )
    {%- endif %}
{%- endmacro %}
