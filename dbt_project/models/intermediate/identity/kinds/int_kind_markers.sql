-- Grain: one value of a field in the directories of one kind that no person's account has, and far
-- too many others for that to be chance.
with signs as (
    select * from {{ ref('int_kind_signs') }}
),

bases as (
    select
        accounts.directory_kind,
        count(*) as accounts,
        1.0 * count(people.account_key) / count(*) as people_share
    from {{ ref('int_vocabulary_accounts') }} as accounts
    left join {{ ref('int_vocabulary_people') }} as people
        on accounts.account_key = people.account_key
    where not accounts.is_authoritative
    group by accounts.directory_kind
),

counted as (
    select
        directory_kind,
        field,
        sign_value,
        count(*) as accounts,
        count(case when is_person then 1 end) as on_people
    from signs
    group by directory_kind, field, sign_value
    having count(*) >= 5
)

select
    counted.directory_kind,
    counted.field,
    counted.sign_value,
    counted.accounts,
    counted.on_people,
    1.0 * counted.on_people / counted.accounts as people_share,
    bases.people_share as usual_people_share
from counted
inner join bases on counted.directory_kind = bases.directory_kind
where
    bases.accounts >= 50
    and counted.on_people <= 0.05 * counted.accounts
    -- What the share of people among all accounts makes likelier than 1 in 1000 may be chance.
    and power(1 - bases.people_share, counted.accounts - counted.on_people) <= 0.001
