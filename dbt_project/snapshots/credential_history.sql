{% snapshot credential_history %}
{#- Grain: one version of one credential, from dbt_valid_from until dbt_valid_to; gone ones have dbt_is_deleted = 'True'. -#}
{%- set columns = [
    'credential_key',
    'account_key',
    'directory_id',
    'credential_type',
    'credential_id',
    'status',
    'is_usable',
    'created_at',
    'changed_at',
    'last_used_at',
    'last_used_state',
    'is_stale',
] -%}
{{
    config(
        unique_key='credential_key',
        strategy='check',
        check_cols=columns[1:],
        hard_deletes='new_record',
    )
}}
{{ recorded(
    ref('credentials'),
    columns,
    unread="case versions.credential_type when 'password' then not accounts.is_password_known else not accounts.are_keys_known end",
) }}
{% endsnapshot %}
