-- Grain: one account outside the rosters that a person has linked, and the component it is in; the
-- person of the roster, where the component holds one.
select
    accounts.account_key,
    links.component,
    persons.person_key
from {{ ref('int_roster_components') }} as links
inner join {{ ref('int_accounts_unioned') }} as accounts
    on links.node = accounts.account_key and not accounts.is_authoritative
left join {{ ref('int_persons_rostered') }} as persons on links.component = persons.component
