-- Grain: one piece of evidence that an account of no known person is some person's, of the roster
-- or outside it.
with subjects as (
    select clusters.node as account_key
    from {{ ref('int_unlinked_clusters') }} as clusters
    left join {{ ref('int_person_accounts') }} as accounts on clusters.node = accounts.account_key
    where accounts.account_key is null
),

emails as (
    select
        person_key,
        key_value as email
    from {{ ref('int_person_identifiers') }}
    where key_type = 'email'
),

numbers as (
    select
        person_key,
        key_value as employee_id
    from {{ ref('int_person_identifiers') }}
    where key_type = 'employee_id'
),

earlier as (
    select
        account_key,
        person_key,
        rule,
        family,
        weight,
        left_value,
        right_value
    from {{ ref('int_evidence_strong') }}
    union all
    select
        account_key,
        person_key,
        rule,
        family,
        weight,
        left_value,
        right_value
    from {{ ref('int_evidence_learned') }}
),

{%- set register = {
    'persons': ref('int_persons'),
    'names': ref('int_person_names'),
    'usernames': ref('int_person_usernames'),
    'logins': ref('int_person_logins'),
    'emails': 'emails',
    'employee_ids': 'numbers',
    'places': ref('int_person_directories'),
} %}

{{ weak_evidence('subjects', register, 'earlier') }}
