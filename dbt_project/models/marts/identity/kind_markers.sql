-- Grain: one sign that marks accounts as no person's in this company, as learned from its data.
select
    directory_kind,
    field,
    sign_value,
    {{ as_text('null') }} as account_kind,
    cast(accounts as bigint) as account_count,
    cast(on_people as bigint) as people_count
from {{ ref('int_kind_markers') }}
union all
select
    'any' as directory_kind,
    'word of the user name' as field,
    token as sign_value,
    account_kind,
    cast(accounts as bigint) as account_count,
    cast(on_people as bigint) as people_count
from {{ ref('int_kind_tokens') }}
where account_kind is not null
