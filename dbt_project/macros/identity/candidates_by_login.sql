{#-
    Common table expressions for weak_evidence: persons who have the same user name elsewhere (`by_login`), trusted as far
    as the account's own directory has shown to deserve it, who have the account beside it (`by_twin`), and whom the owner
    tag names (`by_owner`).
-#}
{% macro candidates_by_login(subjects, register) -%}
own_logins as (
    select account_key, uid as login, 'corporate_username' as rule, is_number
    from subject_profiles
    where uid <> ''
    union all
    select account_key, core as login, 'username_core' as rule, is_number
    from subject_profiles
    where core <> '' and (uid is null or core <> uid)
    union all
    -- a tag says it
    select
        keys.account_key,
        keys.key_value as login,
        'stated_username' as rule,
        {{ regexp_matches('keys.key_value', '[0-9][0-9][0-9]') }} as is_number
    from {{ ref('int_account_keys') }} as keys
    inner join {{ subjects }} as subjects on keys.account_key = subjects.account_key
    where keys.claim_role = 'own' and keys.key_type = 'username' and keys.source_field <> 'username'
),

wanted_logins as (
    select distinct login
    from own_logins
),

-- User names known from the person's other accounts.
logins as (
    select
        logins.person_key,
        logins.uid,
        max(logins.lists_people) as lists_people
    from {{ register.logins }} as logins
    inner join wanted_logins on logins.uid = wanted_logins.login
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
        own_logins.rule <> 'stated_username' and coalesce(base_holders.full_persons, 0) > 1 as is_contested,
        -- many are called Anna, and each directory gave the user name anna once, unless its numbers are the company's
        coalesce(base_holders.full_persons, 0) = 0 and coalesce(base_holders.persons, 0) > 1
        and not (
            coalesce(numbers.sample, 0) >= {{ threshold('habit_sample') }}
            and coalesce(numbers.share, 0) >= {{ threshold('habit_share') }}
        ) as is_single,
        coalesce(single.share * single.sample, 0) as single_right,
        coalesce(single.sample, 0) as single_sample,
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
    left join {{ ref('int_username_habits') }} as single
        on subject_profiles.directory_id = single.directory_id and single.habit = 'corporate_username_single'
    left join {{ ref('int_username_habits') }} as known
        on subject_profiles.directory_id = known.directory_id and known.habit = 'known_username_contested'
    left join {{ ref('int_username_habits') }} as numbers
        on subject_profiles.directory_id = numbers.directory_id and numbers.habit = 'company_numbers'
),

by_login as (
    select
        trusted_logins.account_key,
        logins.person_key,
        case
            when trusted_logins.rule = 'stated_username' then 'stated_username'
            when not logins.lists_people then 'known_username'
            when trusted_logins.rule = 'corporate_username' and logins.persons = 1
                and (
                    not trusted_logins.is_single
                    or (
                        trusted_logins.single_sample >= 5 * {{ threshold('habit_sample') }}
                        and trusted_logins.single_right >= {{ threshold('proven_share') }} * trusted_logins.single_sample
                    )
                )
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
                when trusted_logins.rule = 'stated_username' then 1
                when not logins.lists_people and trusted_logins.is_contested
                    then (trusted_logins.known_sample + 2) / (trusted_logins.known_right + 1)
                when trusted_logins.is_single then (trusted_logins.single_sample + 4) / (trusted_logins.single_right + 2)
                when not logins.lists_people then 1
                when trusted_logins.is_contested then (trusted_logins.contested_sample + 4) / (trusted_logins.contested_right + 4)
                else (trusted_logins.every_sample + 4) / (trusted_logins.every_right + 4)
            end
        ) as persons,
        trusted_logins.login as left_value,
        logins.uid as right_value,
        trusted_logins.rule <> 'stated_username'
        and not trusted_logins.is_number
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
twin_cores as (
    select distinct core
    from subject_profiles
    where is_admin_twin
),

twin_logins as (
    select
        logins.person_key,
        logins.directory_id,
        logins.uid,
        count(*) over (partition by logins.directory_id, logins.uid) as persons
    from {{ register.logins }} as logins
    inner join twin_cores on logins.uid = twin_cores.core
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

named_owners as (
    select distinct key_value
    from owner_claims
    where key_type = 'email'
),

owner_emails as (
    select
        emails.person_key,
        emails.email,
        count(*) over (partition by emails.email) as persons
    from {{ register.emails }} as emails
    inner join named_owners on emails.email = named_owners.key_value
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
)
{%- endmacro %}
