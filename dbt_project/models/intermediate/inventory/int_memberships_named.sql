-- Grain: one account in one group, with their names.
with memberships as (
    select * from {{ ref('int_memberships_unioned') }}
),

groups as (
    select * from {{ ref('int_groups_counted') }}
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
)

select
    memberships.account_key,
    memberships.group_key,
    groups.directory_id,
    accounts.username,
    groups.group_name,
    groups.as_of
from memberships
inner join groups on memberships.group_key = groups.group_key
inner join accounts on memberships.account_key = accounts.account_key
