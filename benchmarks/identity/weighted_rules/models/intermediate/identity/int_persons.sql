-- Grain: one person: of the roster, or outside it.
select
    person_key,
    true as is_rostered,
    given_name || ' ' || family_name as display_name,
    employee_id,
    email,
    department,
    worker_class,
    employment_status,
    roster_account_key
from {{ ref('int_persons_rostered') }}
union all
select
    person_key,
    false as is_rostered,
    coalesce(given || ' ' || family, email) as display_name,
    cast(null as varchar) as employee_id,
    email,
    department,
    worker_class,
    'unknown' as employment_status,
    cast(null as varchar) as roster_account_key
from {{ ref('int_persons_outside') }}
