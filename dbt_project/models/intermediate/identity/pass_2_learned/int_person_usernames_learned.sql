-- Grain: one user name that a person of the roster may have by one of the usual patterns, learned
-- names included.
with names as (
    select *
    from {{ ref('int_person_names_learned') }}
),

{{ person_usernames('names', ref('int_username_templates')) }}
