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

-- names: a key too many people have is not compared at all, and is left out before anything is joined to it.
-- Here as below only what the subjects are called is counted: they are few beside the register.
named_persons as (
    select
        names.name_key,
        names.person_key,
        min(names.name_level) as name_level
    from {{ register.names }} as names
    inner join (select distinct name_key from subject_names) as wanted on names.name_key = wanted.name_key
    group by names.name_key, names.person_key
),

name_holders as (
    select
        name_key,
        person_key,
        name_level,
        count(*) over (partition by name_key) as persons,
        sum(case when name_level <= 2 then 1 else 0 end) over (partition by name_key) as whole_persons,
        sum(case when name_level = 1 then 1 else 0 end) over (partition by name_key) as own_persons
    from named_persons
),

same_names as (
    select
        subject_names.account_key,
        name_holders.person_key,
        subject_names.name_key,
        name_holders.persons,
        name_holders.whole_persons,
        name_holders.own_persons,
        min(case when subject_names.is_whole then name_holders.name_level else 3 end) as name_level
    from subject_names
    inner join name_holders on subject_names.name_key = name_holders.name_key
    where name_holders.persons <= {{ threshold('block_limit') }}
    group by
        subject_names.account_key, name_holders.person_key, subject_names.name_key,
        name_holders.persons, name_holders.whole_persons, name_holders.own_persons
),

departments as (
    select
        same_names.account_key,
        same_names.name_key,
        same_names.person_key,
        count(*) over (partition by same_names.account_key, same_names.name_key) as persons_in_department
    from same_names
    inner join subject_profiles on same_names.account_key = subject_profiles.account_key
    inner join {{ register.persons }} as persons on same_names.person_key = persons.person_key
    where same_names.name_level = 1 and subject_profiles.department = persons.department
),

by_name as (
    select
        same_names.account_key,
        same_names.person_key,
        case
            when same_names.name_level = 3 then 'name_part'
            when same_names.name_level = 2 then 'name_variant'
            when same_names.own_persons = 1 and departments.person_key is not null then 'full_name_department'
            when same_names.own_persons = 1 then 'full_name'
            when departments.persons_in_department = 1 then 'full_name_in_department'
            else 'full_name_shared'
        end as rule,
        case
            when same_names.name_level = 3 then same_names.persons
            when same_names.name_level = 2 then same_names.whole_persons
            when same_names.own_persons = 1 or departments.persons_in_department = 1 then 1
            else same_names.own_persons
        end as persons,
        same_names.name_key as left_value,
        same_names.name_key as right_value
    from same_names
    left join departments
        on same_names.account_key = departments.account_key
        and same_names.name_key = departments.name_key
        and same_names.person_key = departments.person_key
),

-- user names and addresses made of names
bases as (
    select account_key, base, 'username' as made_field
    from subject_profiles
    where base <> '' and not is_number
    union all
    select account_key, email_base, 'email'
    from subject_profiles
    where email_base <> ''
),

wanted_usernames as (
    select
        usernames.person_key,
        usernames.pattern,
        usernames.username,
        usernames.name_level
    from {{ register.usernames }} as usernames
    inner join (
        select base from subject_profiles
        union
        select email_base from subject_profiles
    ) as wanted on usernames.username = wanted.base
),

base_holders as (
    select
        username,
        count(*) as persons,
        sum(is_full) as full_persons
    from (
        select
            username,
            person_key,
            max(case when pattern not in ('first', 'last') and name_level <= 2 then 1 else 0 end) as is_full
        from wanted_usernames
        group by username, person_key
    ) as holders
    group by username
),

crowded_usernames as (
    select username
    from base_holders
    where persons > {{ threshold('block_limit') }}
),

compared_usernames as (
    select wanted_usernames.*
    from wanted_usernames
    left join crowded_usernames on wanted_usernames.username = crowded_usernames.username
    where crowded_usernames.username is null
),

made_bases as (
    select
        bases.account_key,
        usernames.person_key,
        bases.made_field,
        bases.base,
        usernames.pattern,
        usernames.name_level,
        base_holders.persons,
        base_holders.full_persons,
        case when habits.share is not null then 1 else 0 end as is_habit
    from bases
    inner join subject_profiles on bases.account_key = subject_profiles.account_key
    inner join base_holders on bases.base = base_holders.username
    inner join compared_usernames as usernames on bases.base = usernames.username
    left join {{ ref('int_username_habits') }} as habits
        on subject_profiles.directory_id = habits.directory_id
        and habits.habit = 'pattern:' || usernames.pattern
        and habits.sample >= {{ threshold('habit_sample') }}
        and habits.share >= {{ threshold('habit_share') }}
        and bases.made_field = 'username'
),

pattern_matches as (
    select
        account_key,
        person_key,
        made_field,
        base,
        min(pattern) as pattern,
        max(is_habit) as is_habit,
        max(persons) as persons,
        max(full_persons) as full_persons,
        min(case when pattern in ('first', 'last') then 1 else 0 end) as is_single,
        min(case when pattern in ('first', 'last') then 9 else name_level end) as name_level
    from made_bases
    group by account_key, person_key, made_field, base
),

-- where a directory has a habit, those who fit it are counted among themselves
habitual as (
    select
        account_key,
        made_field,
        count(distinct person_key) as persons
    from pattern_matches
    where is_habit = 1 and name_level <= 2
    group by account_key, made_field
),

by_pattern as (
    select
        matches.account_key,
        matches.person_key,
        case
            when matches.is_single = 1 then 'single_name'
            when matches.name_level = 3 then 'username_part'
            when matches.made_field = 'email' then 'email_pattern'
            else 'username_pattern'
        end as rule,
        case
            when matches.is_single = 1 then matches.persons
            when matches.name_level = 3 then matches.persons
            when matches.is_habit = 1 then habitual.persons
            when habitual.persons > 0 then 2 * matches.full_persons
            else matches.full_persons
        end as persons,
        matches.base as left_value,
        matches.pattern as right_value
    from pattern_matches as matches
    left join habitual on matches.account_key = habitual.account_key and matches.made_field = habitual.made_field
),

own_logins as (
    select account_key, uid as login, 'corporate_username' as rule, lists_people, is_number, has_affix
    from (
        select account_key, uid, lists_people, is_number, is_admin_twin or uid <> core as has_affix
        from subject_profiles
    ) as plain
    where uid <> ''
    union all
    select account_key, core, 'username_core', lists_people, is_number, true
    from subject_profiles
    where core <> '' and (uid is null or core <> uid)
),

-- user names known from the person's other accounts
logins as (
    select
        logins.person_key,
        logins.uid,
        max(logins.lists_people) as lists_people
    from {{ register.logins }} as logins
    inner join (select distinct login from own_logins) as wanted on logins.uid = wanted.login
    group by logins.person_key, logins.uid
),

login_holders as (
    select
        person_key,
        uid,
        lists_people,
        count(*) over (partition by uid) as persons
    from logins
),

-- how far a user name can be trusted to be the same person's, measured in the account's own directory
trusted_logins as (
    select
        own_logins.account_key,
        own_logins.login,
        own_logins.rule,
        own_logins.is_number,
        coalesce(base_holders.full_persons, 0) > 1 as is_contested,
        coalesce(contested.share * contested.sample, 0) as contested_right,
        coalesce(contested.sample, 0) as contested_sample,
        coalesce(every.share * every.sample, 0) as every_right,
        coalesce(every.sample, 0) as every_sample,
        coalesce(known.share * known.sample, 0) as known_right,
        coalesce(known.sample, 0) as known_sample
    from own_logins
    inner join subject_profiles on own_logins.account_key = subject_profiles.account_key
    left join base_holders on subject_profiles.base = base_holders.username
    left join {{ ref('int_username_habits') }} as contested
        on subject_profiles.directory_id = contested.directory_id and contested.habit = 'corporate_username_contested'
    left join {{ ref('int_username_habits') }} as every
        on subject_profiles.directory_id = every.directory_id and every.habit = 'corporate_username'
    left join {{ ref('int_username_habits') }} as known
        on subject_profiles.directory_id = known.directory_id and known.habit = 'known_username_contested'
),

by_login as (
    select
        trusted_logins.account_key,
        logins.person_key,
        case
            when not logins.lists_people then 'known_username'
            when trusted_logins.rule = 'corporate_username' and logins.persons = 1
                and trusted_logins.every_sample >= 5 * {{ threshold('habit_sample') }}
                and trusted_logins.every_right >= {{ threshold('proven_share') }} * trusted_logins.every_sample
                and trusted_logins.contested_right >= {{ threshold('proven_share') }} * trusted_logins.contested_sample
                then 'proven_username'
            else trusted_logins.rule
        end as rule,
        -- the weight is divided by this: at least by the number of people, and by how often the rule is wrong here
        greatest(
            logins.persons,
            case
                when not logins.lists_people and trusted_logins.is_contested
                    then (trusted_logins.known_sample + 2) / (trusted_logins.known_right + 1)
                when not logins.lists_people then 1
                when trusted_logins.is_contested then (trusted_logins.contested_sample + 4) / (trusted_logins.contested_right + 4)
                else (trusted_logins.every_sample + 4) / (trusted_logins.every_right + 4)
            end
        ) as persons,
        trusted_logins.login as left_value,
        logins.uid as right_value,
        not trusted_logins.is_number
        and not (
            logins.lists_people
            and trusted_logins.every_sample >= {{ threshold('habit_sample') }}
            and trusted_logins.every_right / greatest(trusted_logins.every_sample, 1) >= 0.8
        ) as needs_fit
    from trusted_logins
    inner join login_holders as logins on trusted_logins.login = logins.uid
    where logins.persons <= {{ threshold('block_limit') }}
),

-- the account beside it in the same directory, without the affix
twin_logins as (
    select
        logins.person_key,
        logins.directory_id,
        logins.uid,
        count(*) over (partition by logins.directory_id, logins.uid) as persons
    from {{ register.logins }} as logins
    inner join (select distinct core from subject_profiles where is_admin_twin) as wanted on logins.uid = wanted.core
),

by_twin as (
    select
        subject_profiles.account_key,
        twins.person_key,
        'admin_twin' as rule,
        1 as persons,
        subject_profiles.uid as left_value,
        twins.uid as right_value
    from subject_profiles
    inner join twin_logins as twins
        on subject_profiles.directory_id = twins.directory_id and subject_profiles.core = twins.uid
    where subject_profiles.is_admin_twin and subject_profiles.core <> subject_profiles.uid
        and twins.persons <= {{ threshold('block_limit') }}
),

owner_claims as (
    select keys.account_key, keys.key_type, keys.key_value
    from {{ ref('int_account_keys') }} as keys
    inner join {{ subjects }} as subjects on keys.account_key = subjects.account_key
    where keys.claim_role = 'owner'
),

owner_emails as (
    select
        emails.person_key,
        emails.email,
        count(*) over (partition by emails.email) as persons
    from {{ register.emails }} as emails
    inner join (select distinct key_value from owner_claims where key_type = 'email') as wanted
        on emails.email = wanted.key_value
),

by_owner as (
    select
        owner_claims.account_key,
        emails.person_key,
        'owner_tag' as rule,
        1 as persons,
        owner_claims.key_value as left_value,
        emails.email as right_value
    from owner_claims
    inner join owner_emails as emails on owner_claims.key_type = 'email' and owner_claims.key_value = emails.email
    where emails.persons <= {{ threshold('block_limit') }}
),

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
        max(case when rule in ('corporate_username', 'username_core', 'proven_username') then 1 else 0 end) as has_login
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
            candidates.rule in ('username_pattern', 'email_pattern', 'username_part', 'single_name')
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

unidentified_pairs as (
    select pairs.account_key, pairs.person_key
    from pairs
    left join (
        select distinct account_key, person_key
        from earlier_rows
        where family in ('link', 'email', 'employee_id')
    ) as strong on pairs.account_key = strong.account_key and pairs.person_key = strong.person_key
    where strong.account_key is null
),

weakly_paired as (
    select unidentified_pairs.account_key, unidentified_pairs.person_key
    from unidentified_pairs
    left join (
        select distinct account_key, person_key
        from positive
        where rule = 'proven_username'
    ) as proven
        on unidentified_pairs.account_key = proven.account_key and unidentified_pairs.person_key = proven.person_key
    where proven.account_key is null
),

-- an identifier that belongs to somebody with another name altogether is a wrong one and says nothing
wrong_identifiers as (
    select distinct
        conflicts.account_key,
        numbers.family
    from earlier_rows as conflicts
    inner join earlier_rows as numbers
        on conflicts.account_key = numbers.account_key and conflicts.person_key = numbers.person_key
    where conflicts.rule in ('names_conflict', 'username_conflict')
        and numbers.family in ('employee_id', 'email')
),

roster_domains as (
    select split_part(key_value, '@', 2) as email_domain
    from {{ ref('int_person_keys_rostered') }}
    where key_type = 'email'
    group by split_part(key_value, '@', 2)
    having count(*) > 2
),

own_emails as (
    select
        keys.account_key,
        keys.key_value as email,
        split_part(keys.key_value, '@', 1) as local_part,
        roster_domains.email_domain is not null as is_roster_domain
    from {{ ref('int_account_keys') }} as keys
    inner join {{ subjects }} as subjects on keys.account_key = subjects.account_key
    left join {{ ref('int_shared_identifiers') }} as shared
        on keys.key_type = shared.key_type and keys.key_value = shared.key_value
    left join roster_domains on split_part(keys.key_value, '@', 2) = roster_domains.email_domain
    where keys.claim_role = 'own' and keys.key_type = 'email' and shared.key_value is null
),

emails_compared as (
    select
        weakly_paired.account_key,
        weakly_paired.person_key,
        min(own_emails.email) as left_value,
        min(emails.email) as right_value,
        max(case
            when own_emails.email = emails.email then 1
            -- the same name at another domain of the company contradicts nothing
            when own_emails.is_roster_domain
                and {{ similarity('own_emails.local_part', "split_part(emails.email, '@', 1)") }} >= 0.93 then 1
            else 0
        end) as is_equal
    from weakly_paired
    inner join own_emails on weakly_paired.account_key = own_emails.account_key
    inner join {{ register.emails }} as emails on weakly_paired.person_key = emails.person_key
    left join wrong_identifiers
        on weakly_paired.account_key = wrong_identifiers.account_key and wrong_identifiers.family = 'email'
    where wrong_identifiers.account_key is null
    group by weakly_paired.account_key, weakly_paired.person_key
),

own_numbers as (
    select keys.account_key, keys.key_value as employee_id
    from {{ ref('int_account_keys') }} as keys
    inner join {{ subjects }} as subjects on keys.account_key = subjects.account_key
    where keys.claim_role = 'own' and keys.key_type = 'employee_id'
),

numbers_compared as (
    select
        weakly_paired.account_key,
        weakly_paired.person_key,
        min(own_numbers.employee_id) as left_value,
        min(numbers.employee_id) as right_value,
        max(case when own_numbers.employee_id = numbers.employee_id then 1 else 0 end) as is_equal
    from weakly_paired
    inner join own_numbers on weakly_paired.account_key = own_numbers.account_key
    inner join {{ register.employee_ids }} as numbers on weakly_paired.person_key = numbers.person_key
    left join wrong_identifiers
        on weakly_paired.account_key = wrong_identifiers.account_key and wrong_identifiers.family = 'employee_id'
    where wrong_identifiers.account_key is null
    group by weakly_paired.account_key, weakly_paired.person_key
),

contenders as (
    select account_key
    from pairs
    group by account_key
    having count(*) > 1
),

dated as (
    select
        weakly_paired.account_key,
        weakly_paired.person_key,
        cast(subject_profiles.created_at as varchar) as left_value,
        cast(persons.first_hired_on as varchar) as right_value,
        2 * (1 - habits.share) as measured
    from weakly_paired
    inner join contenders on weakly_paired.account_key = contenders.account_key
    inner join subject_profiles on weakly_paired.account_key = subject_profiles.account_key
    inner join {{ ref('int_username_habits') }} as habits
        on subject_profiles.directory_id = habits.directory_id
        and habits.habit = 'created_while_employed'
        and habits.sample >= {{ threshold('habit_sample') }}
        and habits.share >= {{ threshold('dates_reliable') }}
    inner join {{ ref('int_persons_rostered') }} as persons on weakly_paired.person_key = persons.person_key
    where subject_profiles.created_at < {{ days_before('persons.first_hired_on', 30) }}
        or subject_profiles.created_at > persons.last_terminated_on
),

-- hardly anybody of the person's department has an account here; distinct, so that the department is joined before the habits
-- of all departments are
staffed as (
    select distinct
        weakly_paired.account_key,
        weakly_paired.person_key,
        subject_profiles.directory_id,
        persons.department
    from weakly_paired
    inner join contenders on weakly_paired.account_key = contenders.account_key
    inner join subject_profiles on weakly_paired.account_key = subject_profiles.account_key
    inner join {{ register.persons }} as persons on weakly_paired.person_key = persons.person_key
),

unusual as (
    select
        staffed.account_key,
        staffed.person_key,
        staffed.directory_id as left_value,
        staffed.department as right_value,
        habits.share as measured
    from staffed
    inner join {{ ref('int_username_habits') }} as habits
        on staffed.directory_id = habits.directory_id
        and habits.habit = 'department:' || staffed.department
        and habits.sample >= 10 * {{ threshold('habit_sample') }}
        and habits.share < {{ threshold('department_share') }}
),

-- the account says a department, and it is another than the person's
elsewhere as (
    select
        weakly_paired.account_key,
        weakly_paired.person_key,
        subject_profiles.department as left_value,
        persons.department as right_value,
        2 * (1 - habits.share) as measured
    from weakly_paired
    inner join contenders on weakly_paired.account_key = contenders.account_key
    inner join subject_profiles on weakly_paired.account_key = subject_profiles.account_key
    inner join {{ register.persons }} as persons on weakly_paired.person_key = persons.person_key
    inner join {{ ref('int_username_habits') }} as habits
        on subject_profiles.directory_id = habits.directory_id
        and habits.habit = 'department_agrees'
        and habits.sample >= {{ threshold('habit_sample') }}
        and habits.share >= {{ threshold('habit_share') }}
    inner join (select distinct department from {{ ref('int_persons_rostered') }}) as departments
        on subject_profiles.department = departments.department
    where subject_profiles.department <> persons.department
),

-- the directory uses the company's user names, and the person's is another
otherwise_named as (
    select
        weakly_paired.account_key,
        weakly_paired.person_key,
        min(subject_profiles.uid) as left_value,
        min(logins.uid) as right_value
    from weakly_paired
    inner join contenders on weakly_paired.account_key = contenders.account_key
    inner join subject_profiles on weakly_paired.account_key = subject_profiles.account_key
    inner join {{ ref('int_username_habits') }} as habits
        on subject_profiles.directory_id = habits.directory_id
        and habits.habit = 'carries_corporate_username'
        and habits.sample >= {{ threshold('habit_sample') }}
        and habits.share >= 0.9
    inner join {{ register.logins }} as logins on weakly_paired.person_key = logins.person_key and logins.lists_people
    where subject_profiles.uid <> ''
    group by weakly_paired.account_key, weakly_paired.person_key
    having max(case
        when logins.uid in (subject_profiles.uid, subject_profiles.core) then 1
        else 0
    end) = 0
),

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
    where is_equal = 0
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
        and not (fits.fit = 'agree' and (profiles.given is not null or known_logins.has_login = 1))
),

-- what speaks against a candidate makes the others of the same name or user name more likely
plausible as (
    select
        positive.account_key,
        positive.person_key,
        positive.rule,
        coalesce(exp(sum(ln(least(rules.weight, greatest(coalesce(against.measured, 1), 0.05))))), 1) as plausibility
    from (select distinct account_key, person_key, rule from positive) as positive
    left join (
        select account_key, person_key, rule, min(measured) as measured
        from against
        group by account_key, person_key, rule
    ) as against
        on positive.account_key = against.account_key and positive.person_key = against.person_key
    left join {{ ref('identity_rules') }} as rules on against.rule = rules.rule and rules.enabled
    group by positive.account_key, positive.person_key, positive.rule
),

weighed as (
    select
        account_key,
        person_key,
        rule,
        avg(plausibility) over (partition by account_key, rule) / plausibility as rivalry
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
inner join {{ ref('identity_rules') }} as rules on gathered.rule = rules.rule and rules.enabled
group by gathered.account_key, gathered.person_key, gathered.rule, rules.family
union all
select account_key, person_key, rule, family, max(weight), min(left_value), min(right_value)
from earlier_rows
where rule not in ('names_agree', 'names_conflict', 'username_conflict', 'looks_like_no_person', 'directory_occupied')
group by account_key, person_key, rule, family
{%- endmacro %}
