-- Grain: one domain of the company: several people of the rosters have their address there, or had
-- it there under the same name.
with rostered as (
    select
        person_key,
        split_part(key_value, '@', 1) as local_part,
        split_part(key_value, '@', 2) as email_domain
    from {{ ref('int_person_keys_rostered') }}
    where key_type = 'email'
),

learned as (
    select
        identifiers.person_key,
        split_part(identifiers.key_value, '@', 2) as email_domain,
        max(
            case
                when rostered.local_part = split_part(identifiers.key_value, '@', 1) then 1 else 0
            end
        ) as is_same
    from {{ ref('int_person_identifiers_learned') }} as identifiers
    inner join rostered on identifiers.person_key = rostered.person_key
    where identifiers.key_type = 'email'
    group by
        identifiers.person_key, split_part(identifiers.key_value, '@', 2), identifiers.key_value
)

select email_domain
from rostered
group by email_domain
having count(*) > 2
union
select email_domain
from learned
group by email_domain
having count(*) > 2 and avg(is_same) >= 0.8
