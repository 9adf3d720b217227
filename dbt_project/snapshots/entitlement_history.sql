{% snapshot entitlement_history %}
{#- Grain: one version of one entitlement, from dbt_valid_from until dbt_valid_to; gone ones have dbt_is_deleted = 'True'. -#}
{%- set columns = [
    'entitlement_key',
    'account_key',
    'directory_id',
    'policy_key',
    'policy_name',
    'policy_type',
    'granted_through',
    'is_admin',
] -%}
{{
    config(
        unique_key='entitlement_key',
        strategy='check',
        check_cols=columns[1:],
        hard_deletes='new_record',
    )
}}
{{ recorded(ref('entitlements'), columns, unread='not accounts.are_entitlements_known') }}
{% endsnapshot %}
