-- Grain: one API action of the latest attempt to read one directory.
select
    directory_id,
    action,
    outcome,
    calls,
    rows,
    needed_for,
    remedy,
    error_code,
    message,
    principals_asked,
    principals_denied,
    as_of
from {{ ref('int_coverage_latest') }}
