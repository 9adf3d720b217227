-- Grain: one account that fails a self-check: no verdict is given on it, and every other one is.
select
    account_key,
    'self_check: ' || {{ list_text('check_name') }} as reason,
    {{ list_text('detail', '; ') }} as detail,
    {{ list_text(self_check_remedy('check_name'), '; ') }} as remedy
from {{ ref('int_self_check_failures') }}
group by account_key
