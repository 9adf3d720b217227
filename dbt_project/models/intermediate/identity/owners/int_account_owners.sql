-- Grain: one thing that names an owner of an account, and what became of it: whom it leads to and
-- whether they are here. What another account of the same service says counts too.
with claims as (
    select * from {{ ref('int_owner_claims') }}
),

services as (
    select * from {{ ref('int_services_grouped') }}
),

persons as (
    select * from {{ ref('int_persons_identified') }}
),

all_claims as (
    select
        account_key,
        account_key as said_by,
        person_key,
        rule,
        key_value,
        source_field,
        raw_value,
        0 as is_elsewhere
    from claims
    union all
    select
        services.account_key,
        claims.account_key as said_by,
        claims.person_key,
        claims.rule,
        claims.key_value,
        claims.source_field || ' of the same service (' || claims.account_key || ')'
            as source_field,
        claims.raw_value,
        1 as is_elsewhere
    from claims
    inner join services as tellers on claims.account_key = tellers.account_key
    inner join services on tellers.service_name = services.service_name
    where services.account_key <> claims.account_key and claims.rule <> 'owner_decision'
),

-- One text is one claim, whichever way it is read: a number of one person that is the user name of
-- another means neither for certain. A name is read in several ways, of which the fullest counts.
said as (
    select
        *,
        case
            when rule in ('owner_email', 'owner_employee_id', 'owner_username')
                then source_field || '=' || lower(raw_value)
            else rule || '=' || key_value
        end as claim
    from all_claims
),

-- Of several people who had an address or a name, those who are still there.
resolved as (
    select
        all_claims.account_key,
        all_claims.claim,
        min(all_claims.rule) as rule,
        min(all_claims.key_value) as key_value,
        all_claims.said_by,
        max(all_claims.is_elsewhere) as is_elsewhere,
        min(all_claims.source_field) as source_field,
        min(all_claims.raw_value) as raw_value,
        count(case when persons.is_rostered then 1 end) as person_count,
        count(distinct case when persons.employment_status = 'active' then persons.identity_id end)
            as active_count,
        count(case when persons.is_rostered and persons.employment_status = 'unknown' then 1 end)
            as unknown_count,
        max(case when persons.employment_status = 'active' then persons.identity_id end)
            as active_id,
        max(
            case
                when persons.is_rostered and persons.employment_status = 'unknown'
                    then persons.identity_id
            end
        ) as unknown_id,
        max(case when persons.employment_status = 'terminated' then persons.identity_id end)
            as terminated_id,
        {{ list_text('persons.label', '; ') }} as labels
    from said as all_claims
    left join persons on all_claims.person_key = persons.person_key
    group by all_claims.account_key, all_claims.claim, all_claims.said_by
),

judged as (
    select
        *,
        case
            when rule = 'owner_mailbox' then 'mailbox'
            when active_count = 1 then 'active'
            when active_count > 1 then 'ambiguous'
            when unknown_count > 0 then 'unknown'
            when person_count > 0 then 'terminated'
            else 'unresolved'
        end as outcome
    from resolved
)

select
    account_key,
    rule,
    key_value,
    raw_value,
    source_field,
    outcome,
    case outcome
        when 'active' then active_id
        when 'unknown' then unknown_id
        when 'terminated' then terminated_id
    end as identity_id,
    case outcome
        when 'mailbox' then 'the mailbox ' || raw_value
        else labels
    end as candidates,
    row_number() over (
        partition by account_key
        order by
            case when rule = 'owner_decision' then 0 else 1 end,
            case outcome
                when 'active' then 0
                when 'mailbox' then 1
                when 'unknown' then 2
                when 'ambiguous' then 3
                when 'terminated' then 4
                else 5
            end,
            is_elsewhere,
            source_field,
            raw_value,
            claim,
            said_by
    ) as preference
from judged
