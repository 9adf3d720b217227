{#-
    CTEs of a register of persons for `weak_evidence`: `emails` and `numbers` of its `identifiers` (person_key, key_type,
    key_value), `places`, the directories where a person has an ordinary one of its `accounts` (account_key, person_key), and
    `earlier`, the evidence of the passes before that was too weak alone.
-#}
{% macro person_register(identifiers, accounts) -%}
emails as (
    select
        person_key,
        key_value as email
    from {{ identifiers }}
    where key_type = 'email'
),

numbers as (
    select
        person_key,
        key_value as employee_id
    from {{ identifiers }}
    where key_type = 'employee_id'
),

places as (
    select distinct
        accounts.person_key,
        profiles.directory_id
    from {{ accounts }} as accounts
    inner join {{ ref('int_account_profiles') }} as profiles
        on accounts.account_key = profiles.account_key
    where not profiles.is_admin_twin
),

earlier as (
    {%- for evidence in [ref('int_evidence_strong'), ref('int_evidence_learned')] %}
    select
        account_key,
        person_key,
        rule,
        family,
        weight,
        left_value,
        right_value
    from {{ evidence }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}
