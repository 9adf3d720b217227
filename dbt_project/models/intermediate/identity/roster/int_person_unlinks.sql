-- Grain: one account and one person of the rosters that a decision says it is not (unlink).
with unlinks as (
    select
        account_key,
        target
    from {{ ref('int_decisions_in_force') }}
    where verb = 'unlink'
    union
    select
        target as account_key,
        account_key as target
    from {{ ref('int_decisions_in_force') }}
    where verb = 'unlink'
)

select distinct
    unlinks.account_key,
    persons.person_key
from unlinks
inner join {{ ref('int_roster_components') }} as links on unlinks.target = links.node
inner join {{ ref('int_persons_rostered') }} as persons on links.component = persons.component
