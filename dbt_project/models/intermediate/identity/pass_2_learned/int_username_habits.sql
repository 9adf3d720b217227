-- Grain: one habit of one directory: how often, among the accounts that strong identifiers link,
-- the user name tells the person. `corporate_username` counts accounts whose user name is
-- somebody's in another directory of people, and the share of them that are that person's;
-- `..._contested` only those whose user name more than one person's name makes. `pattern` counts
-- how user names are made of names, `department` how much of its share a department has of the
-- directory. `company_numbers` counts user names of one name and a number that the directory would
-- not have come to by numbering its own accounts.
with linked as (
    select
        links.account_key,
        links.person_key,
        profiles.directory_id,
        profiles.uid,
        profiles.core,
        profiles.base,
        profiles.lists_people,
        profiles.is_number,
        profiles.department,
        profiles.created_at
    from {{ ref('int_links_learned') }} as links
    inner join {{ ref('int_account_profiles') }} as profiles
        on links.account_key = profiles.account_key
),

logins as (
    select
        person_key,
        directory_id,
        uid
    from linked
    where lists_people and uid <> ''
    group by person_key, directory_id, uid
),

-- A user name may also be the first part of an address.
known_names as (
    select
        person_key,
        directory_id,
        uid
    from {{ ref('int_person_logins_learned') }}
    where lists_people
),

usernames as (
    select
        person_key,
        username,
        pattern
    from {{ ref('int_person_usernames_learned') }}
    where pattern not in ('first', 'last') and name_level <= 2
),

username_holders as (
    select
        username,
        count(distinct person_key) as persons
    from usernames
    group by username
),

single_holders as (
    select
        username,
        count(distinct person_key) as persons
    from {{ ref('int_person_usernames_learned') }}
    where pattern in ('first', 'last')
    group by username
),

-- The same among directories that list no people. A user name is somebody's elsewhere when it is
-- in some other directory: the least and the greatest directory tell, so that accounts are not
-- joined to one another.
known_logins as (
    select
        person_key,
        directory_id,
        uid
    from linked
    where not lists_people and uid <> ''
    group by person_key, directory_id, uid
),

known_anywhere as (
    select
        uid,
        min(directory_id) as first_directory_id,
        max(directory_id) as last_directory_id
    from known_logins
    group by uid
),

known_of_person as (
    select
        uid,
        person_key,
        min(directory_id) as first_directory_id,
        max(directory_id) as last_directory_id
    from known_logins
    group by uid, person_key
),

known_compared as (
    select
        linked.account_key,
        linked.directory_id,
        case
            when
                own.first_directory_id <> linked.directory_id
                or own.last_directory_id <> linked.directory_id
                then 1
            else 0
        end as is_right
    from linked
    inner join known_anywhere as anybody on linked.uid = anybody.uid
    inner join username_holders on linked.base = username_holders.username
    left join known_of_person as own
        on linked.uid = own.uid and linked.person_key = own.person_key
    where
        not linked.lists_people
        and username_holders.persons > 1
        and (
            anybody.first_directory_id <> linked.directory_id
            or anybody.last_directory_id <> linked.directory_id
        )
),

roster_departments as (
    select distinct department
    from {{ ref('int_persons_rostered') }}
    where department <> ''
),

departments_compared as (
    select
        linked.directory_id,
        count(*) as sample,
        avg(case when linked.department = persons.department then 1.0 else 0.0 end) as share
    from linked
    inner join {{ ref('int_persons_rostered') }} as persons
        on linked.person_key = persons.person_key
    inner join roster_departments on linked.department = roster_departments.department
    where persons.department <> ''
    group by linked.directory_id
),

logins_anywhere as (
    select
        uid,
        min(directory_id) as first_directory_id,
        max(directory_id) as last_directory_id
    from known_names
    group by uid
),

logins_of_person as (
    select
        uid,
        person_key,
        min(directory_id) as first_directory_id,
        max(directory_id) as last_directory_id
    from known_names
    group by uid, person_key
),

compared as (
    select
        linked.account_key,
        linked.directory_id,
        coalesce(username_holders.persons, 0) as persons,
        coalesce(single_holders.persons, 0) as single_persons,
        case
            when
                own.first_directory_id <> linked.directory_id
                or own.last_directory_id <> linked.directory_id
                then 1
            else 0
        end as is_right
    from linked
    inner join logins_anywhere as anybody on linked.uid = anybody.uid
    left join logins_of_person as own
        on linked.uid = own.uid and linked.person_key = own.person_key
    left join username_holders on linked.base = username_holders.username
    left join single_holders on linked.base = single_holders.username
    where
        anybody.first_directory_id <> linked.directory_id
        or anybody.last_directory_id <> linked.directory_id
),

patterned as (
    select
        linked.directory_id,
        linked.account_key,
        usernames.pattern
    from linked
    inner join usernames
        on linked.person_key = usernames.person_key and linked.base = usernames.username
    group by linked.directory_id, linked.account_key, usernames.pattern
),

totals as (
    select
        directory_id,
        count(*) as accounts
    from linked
    where base <> '' and not is_number
    group by directory_id
),

with_login as (
    select
        linked.directory_id,
        count(distinct linked.account_key) as accounts,
        count(
            distinct case
                when linked.uid = logins.uid or linked.core = logins.uid then linked.account_key
            end
        ) as same_accounts
    from linked
    inner join logins on linked.person_key = logins.person_key
    where linked.uid <> '' and linked.directory_id <> logins.directory_id
    group by linked.directory_id
),

-- simone100, where the directory has thirty of them
single_names as (
    select
        profiles.directory_id,
        profiles.base,
        regexp_extract(profiles.core, '[0-9]+$', 0) as number_text,
        count(*) over (partition by profiles.directory_id, profiles.base) as accounts
    from {{ ref('int_account_profiles') }} as profiles
    inner join single_holders on profiles.base = single_holders.username
    left join username_holders on profiles.base = username_holders.username
    where not profiles.lists_people and username_holders.username is null
),

company_numbers as (
    select
        directory_id,
        count(*) as sample,
        avg(case
            when left(number_text, 1) = '0' or length(number_text) > 6 then 1.0
            when cast(number_text as bigint) > accounts then 1.0
            else 0.0
        end) as share
    from single_names
    where number_text <> ''
    group by directory_id
),

department_sizes as (
    select
        department,
        count(*) as persons
    from {{ ref('int_persons_rostered') }}
    where department <> ''
    group by department
),

department_accounts as (
    select
        linked.directory_id,
        persons.department,
        count(*) as accounts
    from linked
    inner join {{ ref('int_persons_rostered') }} as persons
        on linked.person_key = persons.person_key
    where persons.department <> ''
    group by linked.directory_id, persons.department
),

directory_sizes as (
    select
        directory_id,
        sum(accounts) as accounts
    from department_accounts
    group by directory_id
),

roster_size as (
    select sum(persons) as persons
    from department_sizes
),

-- how much more of a directory a department has than of the roster; 1 where it has its share
department_shares as (
    select
        directory_sizes.directory_id,
        department_sizes.department,
        directory_sizes.accounts as sample,
        (coalesce(department_accounts.accounts, 0) / cast(directory_sizes.accounts as double))
        / (department_sizes.persons / cast(roster_size.persons as double)) as share
    from directory_sizes
    cross join department_sizes
    cross join roster_size
    left join department_accounts
        on directory_sizes.directory_id = department_accounts.directory_id
            and department_sizes.department = department_accounts.department
)

select
    directory_id,
    'department:' || department as habit,
    sample,
    share
from department_shares
union all
select
    directory_id,
    'department_agrees' as habit,
    sample,
    share
from departments_compared
union all
select
    directory_id,
    'known_username_contested' as habit,
    count(*) as sample,
    avg(is_right) as share
from known_compared
group by directory_id
union all
select
    directory_id,
    'corporate_username' as habit,
    count(*) as sample,
    avg(is_right) as share
from compared
group by directory_id
union all
select
    directory_id,
    'corporate_username_contested' as habit,
    count(*) as sample,
    avg(is_right) as share
from compared
where persons > 1
group by directory_id
union all
select
    directory_id,
    'corporate_username_single' as habit,
    count(*) as sample,
    avg(is_right) as share
from compared
where persons = 0 and single_persons > 1
group by directory_id
union all
select
    directory_id,
    'company_numbers' as habit,
    sample,
    share
from company_numbers
union all
select
    directory_id,
    'carries_corporate_username' as habit,
    accounts as sample,
    same_accounts / cast(accounts as double) as share
from with_login
union all
select
    patterned.directory_id,
    'pattern:' || patterned.pattern as habit,
    max(totals.accounts) as sample,
    count(*) / cast(max(totals.accounts) as double) as share
from patterned
inner join totals on patterned.directory_id = totals.directory_id
group by patterned.directory_id, patterned.pattern
union all
select
    linked.directory_id,
    'created_while_employed' as habit,
    count(*) as sample,
    avg(case
        when linked.created_at >= {{ days_before('persons.first_hired_on', 30) }}
            and linked.created_at <= coalesce(persons.last_terminated_on, linked.created_at)
            then 1.0
        else 0.0
    end) as share
from linked
inner join {{ ref('int_persons_rostered') }} as persons on linked.person_key = persons.person_key
where linked.created_at is not null and persons.first_hired_on is not null
group by linked.directory_id
