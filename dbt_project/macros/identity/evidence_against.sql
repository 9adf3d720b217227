{#-
    Common table expressions for weak_evidence: what speaks against a candidate (`against`). Weak evidence only: nothing
    here counts against an identifier that is the person's and nobody else's.
-#}
{% macro evidence_against(subjects, register) -%}
{{ identifiers_compared(subjects, register) }},

{{ habits_compared(register) }},

against as (
    select account_key, person_key, 'outside_employment' as rule, left_value, right_value, measured
    from dated
    union all
    select account_key, person_key, 'department_unusual', left_value, right_value, measured
    from unusual
    union all
    select fits.account_key, fits.person_key, 'given_names_differ', profiles.given, persons.display_name, cast(null as double)
    from fits
    inner join contenders on fits.account_key = contenders.account_key
    inner join weakly_paired on fits.account_key = weakly_paired.account_key and fits.person_key = weakly_paired.person_key
    inner join subject_profiles as profiles on fits.account_key = profiles.account_key
    inner join {{ register.persons }} as persons on fits.person_key = persons.person_key
    where fits.given_differs and length(profiles.given) > 2
    union all
    select account_key, person_key, 'departments_differ', left_value, right_value, measured
    from elsewhere
    union all
    select account_key, person_key, 'other_username', left_value, right_value, cast(null as double)
    from otherwise_named
    union all
    select account_key, person_key, 'emails_disagree' as rule, left_value, right_value, cast(null as double)
    from emails_compared
    where is_equal = 0 and is_comparable = 1
    union all
    select account_key, person_key, 'employee_ids_differ', left_value, right_value, cast(null as double)
    from numbers_compared
    where is_equal = 0
    union all
    select weakly_paired.account_key, weakly_paired.person_key, 'worker_type_differs', profiles.worker_class, persons.worker_class, cast(null as double)
    from weakly_paired
    inner join subject_profiles as profiles on weakly_paired.account_key = profiles.account_key
    inner join {{ register.persons }} as persons on weakly_paired.person_key = persons.person_key
    where profiles.worker_class <> persons.worker_class
    union all
    select
        unidentified_pairs.account_key, unidentified_pairs.person_key, 'directory_occupied',
        profiles.directory_id, places.directory_id, cast(null as double)
    from unidentified_pairs
    inner join subject_profiles as profiles
        on unidentified_pairs.account_key = profiles.account_key and not profiles.is_admin_twin
    inner join {{ register.places }} as places
        on unidentified_pairs.person_key = places.person_key and profiles.directory_id = places.directory_id
    union all
    select fits.account_key, fits.person_key, fits.fit, coalesce(profiles.given || ' ' || profiles.family, profiles.base), persons.display_name, cast(null as double)
    from fits
    inner join subject_profiles as profiles on fits.account_key = profiles.account_key
    inner join {{ register.persons }} as persons on fits.person_key = persons.person_key
    where fits.fit in ('names_conflict', 'username_conflict')
    union all
    select fits.account_key, fits.person_key, 'looks_like_no_person', profiles.uid, cast(null as varchar), cast(null as double)
    from fits
    inner join subject_profiles as profiles on fits.account_key = profiles.account_key
    left join known_logins on fits.account_key = known_logins.account_key and fits.person_key = known_logins.person_key
    where profiles.may_be_no_person
        and not (profiles.is_number and coalesce(known_logins.has_login, 0) = 1)
        and not (fits.fit = 'agree' and (profiles.given is not null or known_logins.has_login = 1))
)
{%- endmacro %}
