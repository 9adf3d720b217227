-- Grain: one user name that a person may have by one of the usual patterns.
with names as (
    select names.*
    from {{ ref('int_person_names') }} as names
    inner join {{ ref('int_persons_unrostered') }} as outside
        on names.person_key = outside.person_key
),

{{ person_usernames('names', ref('int_username_templates')) }}
union all
select
    person_key,
    pattern,
    username,
    name_level
from {{ ref('int_person_usernames_learned') }}
