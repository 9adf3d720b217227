-- Grain: one name, folded, that a person of the rosters may go by; written there (level 1) or
-- following from it.
with names as (
    select
        persons.person_key,
        names.given,
        names.family,
        case
            when not names.is_whole then 3
            when names.source_field in ('name', 'preferred_name', 'display_name') then 1
            else 2
        end as name_level
    from {{ ref('int_account_names') }} as names
    inner join {{ ref('int_roster_rows') }} as roster_rows
        on names.account_key = roster_rows.account_key
    inner join {{ ref('int_roster_components') }} as links on names.account_key = links.node
    inner join {{ ref('int_persons_rostered') }} as persons on links.component = persons.component
    where names.claim_role = 'own'
)

{{ person_names('names') }}
