{#-
    Evidence rows for accounts that no strong identifier gave to anybody, against a register of persons.

    `subjects` (account_key); `register` holds the relations persons, names, usernames, logins, emails, employee_ids and places
    of the register. `earlier` are evidence rows that were too weak alone and count along.
-#}
{% macro weak_evidence(subjects, register, earlier) -%}
subject_profiles as (
    select profiles.*
    from {{ ref('int_account_profiles') }} as profiles
    inner join {{ subjects }} as subjects on profiles.account_key = subjects.account_key
),

subject_names as (
    select names.account_key, names.given, names.family, names.name_key, names.is_whole
    from {{ ref('int_account_names') }} as names
    inner join {{ subjects }} as subjects on names.account_key = subjects.account_key
    where names.claim_role = 'own'
),

{{ candidates_by_name(register) }},

{{ candidates_by_pattern(register) }},

{{ candidates_by_login(subjects, register) }},

candidates as (
    select account_key, person_key, rule, persons, left_value, right_value, false as needs_fit from by_name
    union all
    select account_key, person_key, rule, persons, left_value, right_value, false from by_pattern
    union all
    select account_key, person_key, rule, persons, left_value, right_value, needs_fit from by_login
    union all
    select account_key, person_key, rule, persons, left_value, right_value, true from by_owner
    union all
    select account_key, person_key, rule, persons, left_value, right_value, false from by_twin
),

earlier_rows as (
    select distinct earlier.*
    from {{ earlier }} as earlier
    inner join {{ subjects }} as subjects on earlier.account_key = subjects.account_key
),

pairs as (
    select account_key, person_key from candidates
    union
    select account_key, person_key from earlier_rows
),

{{ pair_fit('pairs', register.names, register.usernames) }},

best_names as (
    select account_key, person_key, min(name_level) as name_level
    from same_names
    group by account_key, person_key
),

known_logins as (
    select
        account_key,
        person_key,
        max(case when rule = 'owner_tag' then 1 else 0 end) as has_owner_tag,
        max(case when rule in ('corporate_username', 'username_core', 'proven_username', 'stated_username') then 1 else 0 end) as has_login
    from candidates
    group by account_key, person_key
),

positive as (
    select
        candidates.account_key,
        candidates.person_key,
        candidates.rule,
        candidates.persons,
        candidates.left_value,
        candidates.right_value
    from candidates
    inner join fits on candidates.account_key = fits.account_key and candidates.person_key = fits.person_key
    inner join subject_profiles on candidates.account_key = subject_profiles.account_key
    left join best_names on candidates.account_key = best_names.account_key and candidates.person_key = best_names.person_key
    left join known_logins
        on candidates.account_key = known_logins.account_key and candidates.person_key = known_logins.person_key
    where (
            fits.fit = 'agree'
            or not candidates.needs_fit
            or (candidates.rule <> 'owner_tag' and fits.fit = 'partial')
            or (candidates.rule in ('owner_tag', 'corporate_username', 'username_core', 'proven_username') and known_logins.has_owner_tag = 1
                and known_logins.has_login = 1)
        )
        -- an account that says its whole name is not matched by what a part of it could make
        and not (
            candidates.rule in ('username_pattern', 'email_pattern', 'username_part', 'username_half', 'single_name')
            and subject_profiles.given is not null
            and coalesce(best_names.name_level, case when fits.fit = 'agree' then 2 else 3 end) > 2
        )
),

alike as (
    select
        fits.account_key,
        fits.person_key,
        count(*) over (partition by fits.account_key) as persons
    from fits
    inner join subject_profiles on fits.account_key = subject_profiles.account_key
    left join (select distinct account_key from same_names where name_level <= 2) as exact
        on fits.account_key = exact.account_key
    where fits.fit = 'agree' and subject_profiles.given is not null and exact.account_key is null
),

{{ evidence_against(subjects, register) }},

-- what speaks against a candidate makes the others of the same name or user name more likely
plausible as (
    select
        positive.account_key,
        positive.person_key,
        positive.rule,
        coalesce({{ product('least(rules.weight, greatest(coalesce(against.measured, 1), 0.05))') }}, 1) as plausibility
    from (select distinct account_key, person_key, rule from positive) as positive
    left join (
        select account_key, person_key, rule, min(measured) as measured
        from against
        group by account_key, person_key, rule
    ) as against
        on positive.account_key = against.account_key and positive.person_key = against.person_key
    left join {{ ref('int_match_rules') }} as rules on against.rule = rules.rule and rules.enabled
    group by positive.account_key, positive.person_key, positive.rule
),

weighed as (
    select
        account_key,
        person_key,
        rule,
        avg(cast(plausibility as decimal(38, 20))) over (partition by account_key, rule) / plausibility as rivalry
    from plausible
),

gathered as (
    select
        positive.account_key,
        positive.person_key,
        positive.rule,
        case
            when positive.persons > 1 then greatest(positive.persons * weighed.rivalry, 1)
            else positive.persons
        end as persons,
        cast(null as double) as measured,
        positive.left_value,
        positive.right_value
    from positive
    inner join weighed
        on positive.account_key = weighed.account_key
        and positive.person_key = weighed.person_key
        and positive.rule = weighed.rule
    union all
    select account_key, person_key, 'names_alike', persons, cast(null as double), cast(null as varchar), cast(null as varchar) from alike
    union all
    select account_key, person_key, rule, 1, measured, left_value, right_value from against
)

select
    gathered.account_key,
    gathered.person_key,
    gathered.rule,
    rules.family,
    max(least(rules.weight / gathered.persons, greatest(coalesce(gathered.measured, 1), 0.05))) as weight,
    min(gathered.left_value) as left_value,
    min(gathered.right_value) as right_value
from gathered
inner join {{ ref('int_match_rules') }} as rules on gathered.rule = rules.rule and rules.enabled
group by gathered.account_key, gathered.person_key, gathered.rule, rules.family
union all
select account_key, person_key, rule, family, max(weight), min(left_value), min(right_value)
from earlier_rows
where rule not in ('names_agree', 'names_conflict', 'username_conflict', 'looks_like_no_person', 'directory_occupied')
group by account_key, person_key, rule, family
{%- endmacro %}
