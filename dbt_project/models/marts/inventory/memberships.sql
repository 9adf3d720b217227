-- Grain: one account in one group.
select
    account_key,
    group_key,
    directory_id,
    username,
    group_name,
    as_of
from {{ ref('int_memberships_named') }}
