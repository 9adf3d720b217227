-- Grain: one account of any directory that lists accounts as such (all but AWS IAM); a key that is
-- repeated counts once: one directory's bad rows must not multiply any account's findings. What its
-- rows say differently is in int_rows_contradicting.
with listed as (
    select * from {{ ref('int_listed_rows') }}
),

{{ one_row_each(
    'listed',
    ['account_key'],
    ['email', 'employee_id', 'username', 'terminated_on', 'status', 'display_name', 'source_row'],
) }}

select
    account_key,
    {{ account_columns() }}
from listed_once
