{% snapshot account_history %}
{#- Grain: one version of one account, from dbt_valid_from until dbt_valid_to; gone ones have dbt_is_deleted = 'True'. -#}
{%- set columns = [
    'account_key',
    'directory_id',
    'username',
    'arn',
    'display_name',
    'email',
    'employee_id',
    'account_kind',
    'is_enabled',
    'has_console_password',
    'active_key_count',
    'mfa_enabled',
    'is_admin',
    'activity',
    'activity_unknown_reason',
] -%}
{{
    config(
        unique_key='account_key',
        strategy='check',
        check_cols=columns[1:],
        hard_deletes='new_record',
    )
}}
{{ recorded(ref('accounts'), columns) }}
{% endsnapshot %}
