-- Grain: one first part of an address that a person has at a domain of the
-- company, with and without what marks an external.
with addresses as (
    select
        identifiers.person_key,
        split_part(identifiers.key_value, '@', 1) as local_part
    from {{ ref('int_person_identifiers') }} as identifiers
    inner join {{ ref('int_company_domains') }} as domains
        on split_part(identifiers.key_value, '@', 2) = domains.email_domain
    where identifiers.key_type = 'email'
),

unmarked as (
    select
        person_key,
        local_part
    from addresses
    union
    select
        person_key,
        regexp_replace(
            local_part,
            '[-_.](ext|external|extern|contractor|ctr|vendor|consultant|partner)$',
            ''
        ) as local_part
    from addresses
)

select
    person_key,
    local_part
from unmarked
where length(local_part) > 2
