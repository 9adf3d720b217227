{#-
    User names of persons, each in one directory: of `accounts` (account_key, person_key), and the first parts of those
    `identifiers` (person_key, key_type, key_value) that are addresses at a domain of the company (directory `email`), with and
    without what marks an external.
-#}
{% macro person_logins(accounts, identifiers) -%}
with addresses as (
    select
        identifiers.person_key,
        split_part(identifiers.key_value, '@', 1) as local_part
    from {{ identifiers }} as identifiers
    inner join {{ ref('int_company_domains') }} as domains
        on split_part(identifiers.key_value, '@', 2) = domains.email_domain
    where identifiers.key_type = 'email'
),

local_parts as (
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
    accounts.person_key,
    profiles.uid,
    profiles.directory_id,
    profiles.lists_people
from {{ accounts }} as accounts
inner join {{ ref('int_account_profiles') }} as profiles
    on accounts.account_key = profiles.account_key
where profiles.uid <> ''
group by accounts.person_key, profiles.uid, profiles.directory_id, profiles.lists_people
union
select
    person_key,
    local_part as uid,
    'email' as directory_id,
    true as lists_people
from local_parts
where length(local_part) > 2
{%- endmacro %}
