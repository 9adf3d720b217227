-- Grain: one piece of evidence that an account of no known person is some person's, of the roster
-- or outside it.
with subjects as (
    select clusters.node as account_key
    from {{ ref('int_unlinked_clusters') }} as clusters
    left join {{ ref('int_person_accounts') }} as accounts on clusters.node = accounts.account_key
    where accounts.account_key is null
),

{{ person_register(ref('int_person_identifiers'), ref('int_person_accounts')) }},

{%- set register = {
    'persons': ref('int_persons'),
    'names': ref('int_person_names'),
    'usernames': ref('int_person_usernames'),
    'logins': ref('int_person_logins'),
    'emails': 'emails',
    'employee_ids': 'numbers',
    'places': 'places',
} %}

{{ weak_evidence('subjects', register, 'earlier') }}
