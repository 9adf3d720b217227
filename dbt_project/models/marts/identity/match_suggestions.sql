-- Grain: one account without a certain person, and somebody it may belong to. Made empty here;
-- filled after the build where the extra for suggestions is installed.
select
    account_key,
    cast(null as varchar) as candidate_identity_id,
    cast(null as varchar) as candidate,
    cast(null as varchar) as candidate_name,
    cast(null as double) as match_weight,
    cast(null as double) as match_probability,
    cast(null as varchar) as agreement,
    cast(null as varchar) as status,
    as_of
from {{ ref('int_accounts_unioned') }}
where 1 = 0
