-- Grain: one user name or address, without separators and numbers, of somebody whom a directory of people names.
select distinct
    base,
    account_key
from (
    select account_key, base
    from {{ ref('int_account_profiles') }}
    where lists_people and given is not null and length(base) > 3
    union all
    select account_key, email_base
    from {{ ref('int_account_profiles') }}
    where lists_people and given is not null and length(email_base) > 3
) as bases
