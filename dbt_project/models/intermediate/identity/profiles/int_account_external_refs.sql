-- Grain: one account that names another directory's record as the one it was made from.
with native_ids as (
    select
        native_id,
        min(account_key) as account_key,
        min(directory_id) as directory_id
    from {{ ref('int_account_profiles') }}
    where lists_people and length(native_id) > 5
    group by native_id
    having count(*) = 1
)

select distinct
    keys.account_key,
    native_ids.account_key as linked_account_key,
    keys.key_value
from {{ ref('int_account_keys') }} as keys
inner join {{ ref('int_account_profiles') }} as profiles on keys.account_key = profiles.account_key
inner join native_ids on keys.key_value = native_ids.native_id
where keys.key_type = 'external_id'
    and profiles.directory_id <> native_ids.directory_id
