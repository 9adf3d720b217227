-- Grain: one value of a field, or one word of user names (field `user name`, any kind of
-- directory), that mostly people's accounts have in this company, whatever it means elsewhere.
with signs as (
    select
        directory_kind,
        field,
        sign_value,
        count(*) as accounts,
        count(case when is_person then 1 end) as on_people
    from {{ ref('int_kind_signs') }}
    where
        field in ('path', 'account_kind', 'worker_type')
        or field like 'tag %'
        or field like 'attribute %'
    group by directory_kind, field, sign_value
)

select
    directory_kind,
    field,
    sign_value
from signs
where accounts >= 6 and on_people >= 0.5 * accounts
union all
select
    {{ as_text('null') }} as directory_kind,
    'user name' as field,
    token as sign_value
from {{ ref('int_kind_tokens') }}
where on_people >= 0.5 * accounts
