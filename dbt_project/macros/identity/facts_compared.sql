{#- Addresses and numbers of both sides that differ (`emails_compared`, `numbers_compared`). -#}
{% macro identifiers_compared(subjects, register) -%}
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

own_emails as (
    select
        keys.account_key,
        keys.key_value as email,
        split_part(keys.key_value, '@', 1) as local_part,
        roster_domains.email_domain is not null as is_roster_domain
    from {{ ref('int_account_keys') }} as keys
    inner join subject_profiles as subjects on keys.account_key = subjects.account_key
    left join {{ ref('int_shared_identifiers') }} as shared
        on keys.key_type = shared.key_type and keys.key_value = shared.key_value
    left join {{ ref('int_company_domains') }} as roster_domains
        on split_part(keys.key_value, '@', 2) = roster_domains.email_domain
    where keys.claim_role = 'own' and keys.key_type = 'email' and shared.key_value is null
        -- an admin's account that has an address has one of its own
        and not (
            subjects.is_admin_twin
            and subjects.core <> split_part(keys.key_value, '@', 1)
            and instr(split_part(keys.key_value, '@', 1), subjects.core) > 0
        )
),

-- An address of the company made of the given name the account shows and of another family name is of the time before
-- the name changed.
former_addresses as (
    select
        account_key,
        email
    from (
        select
            own_emails.account_key,
            own_emails.email,
            {{ regexp_replace_all('own_emails.local_part', '[^a-z]+', '') }} as letters,
            names.given,
            names.family
        from own_emails
        inner join subject_names as names on own_emails.account_key = names.account_key
        where own_emails.is_roster_domain
    ) as read
    group by account_key, email
    having max(instr(letters, family)) = 0
        and max(case when length(given) > 2 and length(letters) > length(given) + 2 then instr(letters, given) else 0 end) > 0
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
        end) as is_equal,
        -- people of the company have addresses at several of its domains, but seldom two at one
        max(case
            when own_emails.is_roster_domain and other_domains.email_domain is not null
                and split_part(own_emails.email, '@', 2) <> split_part(emails.email, '@', 2) then 0
            when former_addresses.email is not null then 0
            else 1
        end) as is_comparable
    from weakly_paired
    inner join own_emails on weakly_paired.account_key = own_emails.account_key
    inner join {{ register.emails }} as emails on weakly_paired.person_key = emails.person_key
    left join {{ ref('int_company_domains') }} as other_domains
        on split_part(emails.email, '@', 2) = other_domains.email_domain
    left join former_addresses
        on own_emails.account_key = former_addresses.account_key and own_emails.email = former_addresses.email
    left join wrong_identifiers
        on weakly_paired.account_key = wrong_identifiers.account_key and wrong_identifiers.family = 'email'
    where wrong_identifiers.account_key is null
    group by weakly_paired.account_key, weakly_paired.person_key
),

own_numbers as (
    select keys.account_key, keys.key_value as employee_id
    from {{ ref('int_account_keys') }} as keys
    inner join {{ subjects }} as subjects on keys.account_key = subjects.account_key
    -- what may be a user name as well is not known to be a number
    left join {{ ref('int_account_keys') }} as readings
        on keys.account_key = readings.account_key
        and keys.source_field = readings.source_field
        and readings.key_type = 'username'
    where keys.claim_role = 'own' and keys.key_type = 'employee_id' and readings.account_key is null
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
)
{%- endmacro %}

{#- What is unusual in the account's directory (`dated`, `unusual`, `elsewhere`, `otherwise_named`); only between several candidates. -#}
{% macro habits_compared(register) -%}
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
    inner join {{ ref('int_persons_rostered') }} as persons on weakly_paired.person_key = persons.person_key
    where habits.sample >= {{ threshold('habit_sample') }}
        and habits.share >= {{ threshold('dates_reliable') }}
        and (
            subject_profiles.created_at < {{ days_before('persons.first_hired_on', 30) }}
            or subject_profiles.created_at > persons.last_terminated_on
        )
),

-- hardly anybody of the person's department has an account here; distinct, so that the department is joined before the
-- habits of all departments are
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
    where habits.sample >= 10 * {{ threshold('habit_sample') }}
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
    inner join (select distinct department from {{ ref('int_persons_rostered') }}) as departments
        on subject_profiles.department = departments.department
    where habits.sample >= {{ threshold('habit_sample') }}
        and habits.share >= {{ threshold('habit_share') }}
        and subject_profiles.department <> persons.department
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
    inner join {{ register.logins }} as logins on weakly_paired.person_key = logins.person_key and logins.lists_people
    where logins.directory_id <> 'email'
        and habits.sample >= {{ threshold('habit_sample') }}
        and habits.share >= 0.9
        and subject_profiles.uid <> ''
    group by weakly_paired.account_key, weakly_paired.person_key
    having max(case
        when logins.uid in (subject_profiles.uid, subject_profiles.core) then 1
        else 0
    end) = 0
)
{%- endmacro %}
