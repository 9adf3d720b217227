-- Grain: one user name or first part of an address, without separators and numbers, and one name of
-- somebody whom a directory of people knows by it.
with bases as (
    select
        account_key,
        base
    from {{ ref('int_account_profiles') }}
    where lists_people and given is not null and length(base) > 3
    union
    select
        account_key,
        email_base
    from {{ ref('int_account_profiles') }}
    where lists_people and given is not null and length(email_base) > 3
)

select distinct
    bases.base,
    names.name_key
from bases
inner join {{ ref('int_account_names') }} as names
    on bases.account_key = names.account_key and names.claim_role = 'own'
