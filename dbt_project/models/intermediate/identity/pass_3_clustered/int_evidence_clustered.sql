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

{{ person_register(ref('int_person_identifiers_learned'), ref('int_links_learned')) }},

{%- set register = {
    'persons': 'persons',
    'names': ref('int_person_names_learned'),
    'usernames': ref('int_person_usernames_learned'),
    'logins': ref('int_person_logins_learned'),
    'emails': 'emails',
    'employee_ids': 'numbers',
    'places': 'places',
} %}

{{ weak_evidence('subjects', register, 'earlier') }}
