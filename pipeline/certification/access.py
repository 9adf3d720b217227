"""The SQL of who has access to what, over the published tables."""

from __future__ import annotations

ACCESS = """
    select
        'account' as kind,
        accounts.account_key,
        cast(null as varchar) as entitlement_key,
        cast(null as varchar) as credential_key,
        'the account itself' as what,
        accounts.is_admin as is_privileged,
        cast(null as varchar) as holder_key,
        json_object(
            'native_id', accounts.native_id,
            'username', accounts.username,
            'is_enabled', cast(accounts.is_enabled as varchar),
            'is_admin', cast(accounts.is_admin as varchar),
            'has_console_password', cast(accounts.has_console_password as varchar),
            'active_key_count', cast(accounts.active_key_count as varchar)
        ) as access
    from {catalog}inventory.accounts as accounts
    where not accounts.is_authoritative
    union all
    select
        'entitlement',
        entitlements.account_key,
        entitlements.entitlement_key,
        null,
        case entitlements.policy_type
            when 'managed' then 'policy'
            when 'inline' then 'inline policy'
            else replace(entitlements.policy_type, '_', ' ')
        end || ' ' || entitlements.policy_name
            || case
                when entitlements.target is null then ''
                when entitlements.target_name is null then ' on ' || entitlements.target
                else ' on ' || entitlements.target_name || ' (' || entitlements.target || ')'
            end
            || case
                when entitlements.granted_through = 'direct' then ', held directly'
                else ', through group ' || entitlements.granted_through
            end,
        entitlements.is_admin,
        entitlements.policy_key || coalesce(chr(10) || entitlements.target, ''),
        json_object(
            'policy_key', entitlements.policy_key,
            'policy_name', entitlements.policy_name,
            'policy_arn', entitlements.policy_arn,
            'policy_type', entitlements.policy_type,
            'granted_through', entitlements.granted_through,
            'group_key', entitlements.group_key,
            'target', entitlements.target,
            'is_admin', cast(entitlements.is_admin as varchar),
            'document_sha256', case when not policies.is_aws_managed then sha256(policies.document) end
        )
    from {catalog}inventory.entitlements as entitlements
    left join {catalog}inventory.policies as policies on entitlements.policy_key = policies.policy_key
    union all
    select
        'entitlement',
        memberships.account_key,
        'membership:' || sha256(memberships.account_key || chr(10) || memberships.group_key),
        null,
        'member of group ' || memberships.group_name,
        null,
        memberships.group_key,
        json_object('group_key', memberships.group_key, 'group_name', memberships.group_name)
    from {catalog}inventory.memberships as memberships
    where not exists (
        select 1
        from {catalog}inventory.entitlements as entitlements
        where
            entitlements.account_key = memberships.account_key
            and entitlements.group_key = memberships.group_key
    )
    union all
    select
        'credential',
        credentials.account_key,
        null,
        credentials.credential_key,
        case credentials.credential_type
            when 'password' then 'console password'
            else 'access key ' || credentials.credential_id
        end,
        accounts.is_admin,
        null,
        json_object(
            'credential_type', credentials.credential_type,
            'credential_id', credentials.credential_id,
            'status', credentials.status,
            'created_at', cast(credentials.created_at as varchar)
        )
    from {catalog}inventory.credentials as credentials
    inner join {catalog}inventory.accounts as accounts on credentials.account_key = accounts.account_key
    where credentials.is_usable
"""
"""Grain: one account, one right or group it has, or one credential that opens it.

A group is a row of its own where no right that comes through it is listed: what it gives is not known then. Documents
of AWS' own policies do not count as access that changed, because AWS changes them all the time.
"""

ITEMS = """
with access as (
    {access}
),

holders as (
    select
        accounts.directory_id,
        access.holder_key,
        count(distinct access.account_key) as holders
    from access
    inner join inventory.accounts as accounts on access.account_key = accounts.account_key
    where access.holder_key is not null
    group by all
),

items as (
    select
        access.kind,
        access.account_key,
        access.entitlement_key,
        access.credential_key,
        access.what,
        access.is_privileged,
        access.access,
        accounts.directory_id,
        directories.display_name as directory_name,
        accounts.username,
        accounts.display_name,
        accounts.email,
        accounts.account_kind,
        accounts.is_admin,
        accounts.is_enabled,
        accounts.has_usable_credential,
        accounts.activity,
        accounts.activity_unknown_reason,
        accounts.never_used,
        coalesce(credentials.last_used_at, case when access.kind <> 'credential' then accounts.last_active_at end)
            as last_used_at,
        credentials.last_used_state,
        credentials.evidence as credential_evidence,
        credentials.unknown_reason as credential_unknown_reason,
        credentials.is_stale as credential_is_stale,
        holders.holders,
        directories.account_count as population,
        identity_accounts.identity_id,
        identity_accounts.owner_identity_id,
        identity_accounts.status as identity_status,
        identity_accounts.rules as identity_rules,
        orphaned.reason as orphaned_reason,
        orphaned.evidence as orphaned_evidence,
        unknown_ownership.reason as ownership_unknown_reason,
        date_diff('day', accounts.last_active_at, accounts.as_of) as idle_days,
        date_diff('day', credentials.last_used_at, credentials.as_of) as credential_idle_days,
        accounts.as_of
    from access
    inner join inventory.accounts as accounts on access.account_key = accounts.account_key
    inner join inventory.directories as directories on accounts.directory_id = directories.directory_id
    left join inventory.credentials as credentials on access.credential_key = credentials.credential_key
    left join holders
        on accounts.directory_id = holders.directory_id and access.holder_key = holders.holder_key
    left join identity.identity_accounts as identity_accounts on access.account_key = identity_accounts.account_key
    left join findings.orphaned_accounts as orphaned on access.account_key = orphaned.account_key
    left join findings.unknown_ownership as unknown_ownership on access.account_key = unknown_ownership.account_key
    where not accounts.is_authoritative
)

select *
from items
where
    (len($directories) = 0 or list_contains($directories, items.directory_id))
    and case $scope
        when 'privileged' then items.is_privileged is distinct from false
        when 'findings' then exists (
            select 1
            from findings.all_findings as findings
            where
                findings.status = 'open'
                and findings.severity <> 'info'
                and findings.account_key = items.account_key
                and (
                    items.kind <> 'credential'
                    or findings.credential_key is null
                    or findings.credential_key = items.credential_key
                )
        )
        else true
    end
    and (
{where}
    )
order by items.directory_id, items.username, items.account_key, items.kind, items.entitlement_key, items.credential_key
"""
"""Grain: one access in the scope of a campaign, with what is known of it."""

PEOPLE = """
select
    identity_id,
    identity_kind,
    display_name,
    email,
    employee_id,
    employment_status,
    manager_identity_id,
    is_in_roster
from identity.identities
"""
NAMES = """
select
    identity_accounts.identity_id,
    list(distinct name) as names
from identity.identity_accounts as identity_accounts
inner join inventory.accounts as accounts on identity_accounts.account_key = accounts.account_key,
    unnest([accounts.username, accounts.email, accounts.employee_id]) as unnested (name)
where identity_accounts.identity_id is not null and coalesce(trim(name), '') <> ''
group by identity_accounts.identity_id
"""
"""Grain: one person, with what their accounts are called."""
FINDINGS = """
select account_key, credential_key, finding_id, finding_type, severity, summary
from findings.all_findings
where status = 'open'
order by account_key, finding_type, finding_id
"""
OWNER_REASONS = """
select
    account_key,
    candidate,
    string_agg(rule || ': ' || left_value, '; ' order by weight desc, rule, left_value) as reason
from identity.match_evidence
where relation = 'owner'
group by account_key, candidate
"""
CONTEXT = {
    "publication": "select * from operations.publication",
    "directories": """
        select
            directories.directory_id, directories.display_name, directories.kind, directories.is_authoritative,
            directories.status, directories.as_of, directories.coverage, directories.missing_permissions,
            directories.account_count, count(accounts.entitlements_gap) as accounts_with_unread_rights
        from inventory.directories as directories
        left join inventory.accounts as accounts on directories.directory_id = accounts.directory_id
        group by all
        order by directories.directory_id
    """,
    "snapshots": """
        select directory_id, kind, snapshot_id, as_of, run_id, strategy, account_count, calls
        from operations.sync_runs where is_current order by directory_id
    """,
    "coverage": """
        select directory_id, action, outcome, needed_for, remedy from operations.permission_coverage
        where outcome <> 'ok' order by directory_id, action
    """,
    "verdict_gates": "select gate, is_open, reason from operations.verdict_gates order by gate",
    "thresholds": "select * from identity.match_thresholds order by all",
}
"""By subject: what an auditor asks about the tables that a campaign was started from."""


def access_sql(catalog: str = "") -> str:
    """`ACCESS`, of the attached database of that (safe) name where one is given."""
    return ACCESS.format(catalog=f"{catalog}." if catalog else "")


def items_sql(where: str) -> str:
    """`ITEMS` with a condition that was admitted."""
    return ITEMS.format(access=access_sql(), where=where or "true")
