-- Grain: one e-mail address or employee id that tells nobody apart and is no evidence for anything.
select
    key_type,
    key_value,
    reason,
    cast(person_count as integer) as person_count,
    cast(account_count as integer) as account_count
from {{ ref('int_shared_identifiers') }}
