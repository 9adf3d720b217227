-- Grain: one user name that a person of the rosters may have by one of the usual patterns.
with names as (
    select * from {{ ref('int_person_names_rostered') }}
),

{{ person_usernames('names') }}
