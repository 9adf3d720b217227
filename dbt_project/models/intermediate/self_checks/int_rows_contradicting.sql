-- Grain: one account and reason why what its directory lists more than once cannot all be true. The
-- same row twice is one row; an empty column contradicts nothing.
with listed as (
    select * from {{ ref('int_listed_rows') }}
),

rights as (
    select
        *,
        coalesce(target, '') as held_on,
        coalesce(group_key, 'direct') as held_through
    from {{ ref('int_rights_listed') }}
)

{{ contradicting(
    'listed',
    ['account_key'],
    [
        'username',
        'email',
        'employee_id',
        'given_name',
        'family_name',
        'status',
        'is_enabled',
        'terminated_on',
        'account_kind',
        'last_active_at',
    ],
    'the account',
) }}
union all
{{ contradicting(
    'rights',
    ['account_key', 'entitlement_type', 'entitlement_id', 'held_on', 'held_through'],
    ['entitlement_name', 'target_name'],
    'one of its rights',
) }}
union all
select
    account_key,
    detail
from {{ ref('stg_aws_iam__contradicting_users') }}
union all
select
    account_key,
    detail
from {{ ref('stg_aws_iam__contradicting_login_profiles') }}
union all
select
    account_key,
    detail
from {{ ref('stg_aws_iam__contradicting_access_keys') }}
