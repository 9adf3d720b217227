-- Grain: one attribute of one account outside the rosters, with what its value means to whom.
with listed as (
    select
        listed.account_key,
        listed.directory_id,
        accounts.directory_kind,
        listed.source_kind,
        listed.attribute,
        listed.attribute_value,
        accounts.base,
        {{ letters_and_digits(fold('listed.attribute_value')) }} as plain_value,
        people.account_key is not null as is_person
    from {{ ref('int_attributes_listed') }} as listed
    inner join {{ ref('int_vocabulary_accounts') }} as accounts
        on listed.account_key = accounts.account_key
    left join {{ ref('int_vocabulary_people') }} as people
        on listed.account_key = people.account_key
    where not accounts.is_authoritative
)

select
    listed.account_key,
    listed.directory_id,
    listed.directory_kind,
    listed.source_kind,
    listed.attribute,
    listed.attribute_value,
    listed.is_person,
    min(resolved.person) as person,
    max(resolved.key_type) as key_type,
    -- A short number may as well count something else, unless it is the account's own person's.
    count(case when not resolved.is_weak or fits.person is not null then 1 end) > 0 as is_resolved,
    count(fits.person) > 0 as is_own,
    length(listed.plain_value) > 2 and instr(listed.base, listed.plain_value) > 0 as is_in_username
from listed
left join {{ ref('int_vocabulary_values') }} as resolved
    on listed.attribute_value = resolved.attribute_value
left join {{ ref('int_vocabulary_fits') }} as fits
    on listed.account_key = fits.account_key and resolved.person = fits.person
group by
    listed.account_key,
    listed.directory_id,
    listed.directory_kind,
    listed.source_kind,
    listed.attribute,
    listed.attribute_value,
    listed.base,
    listed.plain_value,
    listed.is_person
