-- Grain: one account of an identity that holds two or more accounts outside the rosters.
with accounts as (
    select
        identity_accounts.account_key,
        identity_accounts.directory_id,
        identity_accounts.identity_id,
        identity_accounts.confidence,
        identity_accounts.rules,
        kinds.is_named_admin,
        accounts.username,
        accounts.identity_gap,
        accounts.as_of
    from {{ ref('int_identity_verdicts') }} as identity_accounts
    inner join {{ ref('int_account_kinds') }} as kinds
        on identity_accounts.account_key = kinds.account_key
    inner join {{ ref('int_accounts_unioned') }} as accounts
        on identity_accounts.account_key = accounts.account_key
    where
        not identity_accounts.is_authoritative
        and identity_accounts.status in ('assigned', 'manual')
        and kinds.may_be_a_person
),

counted as (
    select
        account_key,
        directory_id,
        identity_id,
        confidence,
        rules,
        is_named_admin,
        username,
        as_of,
        count(*) over (partition by identity_id, directory_id) as directory_size,
        count(*) over (partition by identity_id, directory_id, is_named_admin) as like_size
    from accounts
),

clusters as (
    select
        identity_id,
        {{ list_text("directory_id || ':' || username") }} as usernames,
        '["' || {{ list_text('account_key', '", "') }} || '"]' as account_keys,
        count(identity_gap) as gap_count,
        count(*) as cluster_size
    from accounts
    group by identity_id
    having count(*) > 1
)

select
    counted.account_key,
    counted.directory_id,
    counted.identity_id,
    case
        when counted.like_size > 1 then 'same_directory'
        when counted.directory_size > 1 then 'admin_twin'
        else 'cross_directory'
    end as duplicate_kind,
    counted.confidence,
    counted.rules,
    cast(clusters.cluster_size as integer) as cluster_size,
    'one person holds ' || clusters.usernames as evidence,
    clusters.account_keys as related_accounts,
    clusters.gap_count > 0 as has_gap,
    counted.as_of
from counted
inner join clusters on counted.identity_id = clusters.identity_id
