-- Grain: one piece of evidence that an account of a directory of people, not linked yet, is a
-- person's of the roster after all.
with clusters as (
    select
        clusters.node as account_key,
        clusters.component as cluster_key,
        max(profiles.lists_people) over (partition by clusters.component) as lists_people
    from {{ ref('int_unlinked_clusters') }} as clusters
    inner join {{ ref('int_account_profiles') }} as profiles on clusters.node = profiles.account_key
),

subjects as (
    select account_key
    from clusters
    where lists_people
),

persons as (
    select
        person_key,
        department,
        worker_class,
        given_name || ' ' || family_name as display_name
    from {{ ref('int_persons_rostered') }}
),

emails as (
    select
        person_key,
        key_value as email
    from {{ ref('int_person_identifiers_learned') }}
    where key_type = 'email'
),

numbers as (
    select
        person_key,
        key_value as employee_id
    from {{ ref('int_person_identifiers_learned') }}
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
    'persons': 'persons',
    'names': ref('int_person_names_learned'),
    'usernames': ref('int_person_usernames_learned'),
    'logins': ref('int_person_logins_learned'),
    'emails': 'emails',
    'employee_ids': 'numbers',
    'places': ref('int_person_directories_learned'),
} %}

{{ weak_evidence('subjects', register, 'earlier') }}
