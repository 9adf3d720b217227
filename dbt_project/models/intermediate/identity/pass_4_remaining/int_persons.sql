-- Grain: one person: of the rosters, or one whom only other directories know.
with unioned as (
    select
        person_key,
        true as is_rostered,
        display_name,
        employee_id,
        email,
        department,
        worker_class,
        employment_status,
        employment_gap,
        employment_action,
        terminated_on,
        as_of
    from {{ ref('int_persons_rostered') }}
    union all
    select
        person_key,
        false as is_rostered,
        coalesce(given || ' ' || family, email) as display_name,
        {{ as_text('null') }} as employee_id,
        email,
        department,
        worker_class,
        'unknown' as employment_status,
        {{ as_text('null') }} as employment_gap,
        {{ as_text('null') }} as employment_action,
        cast(null as timestamp) as terminated_on,
        cast(null as timestamp) as as_of
    from {{ ref('int_persons_unrostered') }}
)

select
    person_key,
    is_rostered,
    display_name,
    employee_id,
    email,
    department,
    worker_class,
    employment_status,
    employment_gap,
    employment_action,
    terminated_on,
    display_name || ' (' || coalesce(email, employee_id, person_key) || ', '
    || case when is_rostered then employment_status else 'in no roster' end || ')' as label,
    as_of
from unioned
