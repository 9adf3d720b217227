-- Grain: one right of one account to one target, held in one way.
with source as (
    select * from {{ source('scim', 'entitlements') }}
)

select
    directory_id || ':' || account_native_id as account_key,
    directory_id,
    entitlement_id,
    coalesce(entitlement_name, entitlement_id) as entitlement_name,
    entitlement_type,
    target,
    target_name,
    granted_through,
    directory_id || ':' || group_native_id as group_key
from source
