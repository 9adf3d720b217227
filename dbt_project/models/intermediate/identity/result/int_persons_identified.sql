-- Grain: one person, with the identity_id it is published under.
select
    persons.person_key,
    ids.identity_id,
    persons.is_rostered,
    persons.display_name,
    persons.employee_id,
    persons.email,
    persons.department,
    persons.worker_class,
    persons.employment_status,
    persons.employment_gap,
    persons.employment_action,
    persons.terminated_on,
    persons.label,
    persons.as_of
from {{ ref('int_persons') }} as persons
inner join {{ ref('int_identity_ids') }} as ids
    on 'person:' || persons.person_key = ids.identity_key
