-- Grain: one account that carries a marker of accounts that are no person's and has nothing of a
-- person, with the marker that the fewest people have.
with ranked as (
    select
        signs.account_key,
        signs.directory_kind,
        markers.field,
        markers.sign_value,
        markers.accounts,
        row_number() over (
            partition by signs.account_key
            order by markers.people_share, -markers.accounts, markers.field, markers.sign_value
        ) as preference
    from {{ ref('int_kind_signs') }} as signs
    inner join {{ ref('int_kind_markers') }} as markers
        on
            signs.directory_kind = markers.directory_kind
            and signs.field = markers.field
            and signs.sign_value = markers.sign_value
    where not signs.is_person
)

select
    account_key,
    directory_kind,
    field,
    sign_value,
    accounts
from ranked
where preference = 1
