-- Grain: one tag or further attribute in one directory, what it is taken for, and why.
with meanings as (
    select * from {{ ref('int_attribute_meanings') }}
),

read_accounts as (
    select
        split_part(account_key, ':', 1) as directory_id,
        lower({{ composed('source_field') }}) as source_field,
        count(distinct account_key) as deciding_accounts
    from {{ ref('int_account_attributes') }}
    group by split_part(account_key, ':', 1), lower({{ composed('source_field') }})
),

measured as (
    select
        meanings.*,
        coalesce(read_accounts.deciding_accounts, 0) as deciding_accounts,
        cast(round(100 * meanings.resolved_share) as integer) as resolved_percent,
        cast(round(100 * meanings.own_share) as integer) as own_percent,
        cast(round(100 * meanings.distinct_share) as integer) as distinct_percent,
        cast(round(100 * meanings.username_share) as integer) as username_percent
    from meanings
    left join read_accounts
        on
            meanings.directory_id = read_accounts.directory_id
            and meanings.source_kind || ' ' || meanings.attribute = read_accounts.source_field
)

select
    measured.directory_id,
    measured.source_kind,
    measured.attribute_key as attribute,
    measured.meaning,
    measured.source,
    case
        when measured.source = 'setting' then 'settings.yaml says so'
        when measured.source = 'prior' then 'it has a usual name; its values decide nothing'
        when measured.source = 'unknown' then 'too few accounts to learn from, and no usual name'
        when measured.learned = 'application'
            then {{ as_text('measured.username_percent') }}
                || ' % of the values are part of the user name'
        when measured.learned = 'other'
            then {{ as_text('measured.resolved_percent') }} || ' % of the values mean a person'
        else {{ as_text('measured.resolved_percent') }} || ' % of the values mean a person'
            || coalesce(
                ', on people''s accounts ' || {{ as_text('measured.own_percent') }}
                || ' % of them the account''s own',
                ', on no person''s account'
            )
            || ', ' || {{ as_text('measured.distinct_percent') }} || ' different ones per 100'
    end as reason,
    cast(measured.accounts as bigint) as account_count,
    cast(measured.deciding_accounts as bigint) as deciding_account_count,
    cast(measured.people_share as double) as people_share,
    cast(measured.resolved_share as double) as resolved_share,
    cast(measured.own_share as double) as own_share,
    cast(measured.elsewhere_share as double) as elsewhere_share,
    cast(measured.distinct_share as double) as distinct_share,
    cast(measured.username_share as double) as username_share,
    directories.as_of
from measured
inner join {{ ref('int_directories_assessed') }} as directories
    on measured.directory_id = directories.directory_id
