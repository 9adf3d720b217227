{% snapshot finding_history %}
{#- Grain: one version of one finding, from dbt_valid_from until dbt_valid_to; gone ones have dbt_is_deleted = 'True'. -#}
{%- set columns = [
    'finding_id',
    'finding_type',
    'account_key',
    'directory_id',
    'credential_key',
    'identity_id',
    'severity',
    'status',
    'coverage',
] -%}
{{
    config(
        unique_key='finding_id',
        strategy='check',
        check_cols=columns[1:],
        hard_deletes='new_record',
    )
}}
{{ recorded(ref('all_findings'), columns) }}
{% endsnapshot %}
