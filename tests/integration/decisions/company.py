"""What was published about a small company: two rosters, two AWS accounts, and everything decisions look at.

Ada has a row in each roster and the account `ada`. `jan` may be Jan Novák or Jana Nová. `deploy` is a service. `legacy`
fits nobody; the name of `hostile` is an attack on whoever shows it.
"""

from __future__ import annotations

import duckdb

from pipeline.home import Home
from tests.integration.cli.running import HOSTILE

TABLES = """
    create schema findings; create schema inventory; create schema identity;
    create table inventory.directories (directory_id varchar, as_of timestamp);
    create table inventory.accounts (
        account_key varchar, directory_id varchar, native_id varchar, username varchar, display_name varchar,
        email varchar, employee_id varchar, account_kind varchar, kind_rule varchar, is_authoritative boolean
    );
    create table identity.identities (
        identity_id varchar, display_name varchar, employment_status varchar, email varchar
    );
    create table identity.identity_accounts (
        account_key varchar, directory_id varchar, identity_id varchar, status varchar, confidence double,
        rules varchar, candidates varchar, is_authoritative boolean, owner_identity_id varchar, as_of timestamp
    );
    create table identity.match_evidence (
        account_key varchar, candidate varchar, candidate_name varchar, relation varchar, rule varchar, family varchar,
        weight double, key_value varchar, left_value varchar, right_value varchar
    );
    create table identity.decisions (decision_id varchar, state varchar);
    create table identity.match_thresholds (threshold varchar, value double);
    create table identity.match_rules (rule varchar, relation varchar, family varchar, weight double,
        is_enabled boolean);
    create table findings.all_findings (
        finding_id varchar, account_key varchar, status varchar, summary varchar
    );
"""
ROWS = """
    insert into inventory.directories values
        ('people', '2026-11-24'), ('ad', '2026-11-24'), ('aws', '2026-11-24'), ('new', null);
    insert into identity.identities values
        ('p-ada', 'Ada Byron', 'active', 'ada@example.com'), ('p-jan', 'Jan Novák', 'active', 'jan@example.com'),
        ('p-jana', 'Jana Nová', 'terminated', null);
    insert into inventory.accounts values
        ('people:E1', 'people', 'E1', 'ada', 'Ada Byron', 'ada@example.com', 'E1', 'human', 'roster', true),
        ('ad:ada', 'ad', 'ada', 'abyron', 'Ada Byron', 'ada@example.com', 'E1', 'human', 'roster', true),
        ('people:E2', 'people', 'E2', 'jan', 'Jan Novák', 'jan@example.com', 'E2', 'human', 'roster', true),
        ('people:E3', 'people', 'E3', 'jana', 'Jana Nová', 'jana@example.com', 'E3', 'human', 'roster', true),
        ('aws:ADA', 'aws', 'ADA', 'ada', null, 'ada@example.com', null, 'human', 'person_key', false),
        ('aws:JAN', 'aws', 'JAN', 'jan.nova', null, null, null, 'unknown', null, false),
        ('aws:DEPLOY', 'aws', 'DEPLOY', 'deploy', null, null, null, 'service', 'tag_owner', false),
        ('aws:LEGACY', 'aws', 'LEGACY', 'legacy', null, null, null, 'unknown', null, false),
        ('aws:ROOTS', 'aws', 'ROOTS', 'glass', null, null, null, 'break_glass', 'tag', false),
        ('aws:TWICE', 'aws', 'TWICE', 'twice', null, null, null, 'unknown', null, false),
        ('aws2:TWICE', 'aws2', 'TWICE', 'Twice', null, null, null, 'unknown', null, false);
    insert into identity.identity_accounts
    select
        account_key, directory_id,
        case account_key
            when 'people:E1' then 'p-ada' when 'ad:ada' then 'p-ada' when 'people:E2' then 'p-jan'
            when 'people:E3' then 'p-jana' when 'aws:ADA' then 'p-ada'
        end,
        case
            when is_authoritative or account_key = 'aws:ADA' then 'assigned'
            when account_key = 'aws:JAN' then 'ambiguous'
            else 'unmatched'
        end,
        case account_key when 'aws:ADA' then 0.97 when 'aws:JAN' then 0.70 end,
        case account_key when 'aws:ADA' then 'email' when 'aws:JAN' then 'username_pattern' end,
        null, is_authoritative, case account_key when 'aws:ADA' then 'p-ada' end, timestamp '2026-11-24'
    from inventory.accounts;
    insert into identity.match_evidence values
        ('aws:ADA', 'p-ada', 'Ada Byron', 'identity', 'email', 'email', 0.97, 'ada@example.com', 'ada@example.com',
            'Ada@example.com'),
        ('aws:JAN', 'p-jana', 'Jana Nová', 'identity', 'username_pattern', 'name', 0.70, 'jan.nova', 'jan.nova',
            'Jana Nová'),
        ('aws:JAN', 'p-jan', 'Jan Novák', 'identity', 'username_pattern', 'name', 0.50, 'jan.nova', 'jan.nova',
            'Jan Novák'),
        ('aws:JAN', 'p-jan', 'Jan Novák', 'identity', 'full_name', 'name', 0.40, 'jan', 'jan', 'Jan Novák'),
        ('aws:JAN', 'p-jana', 'Jana Nová', 'identity', 'outside_employment', 'negative', 0.50, '', 'new', 'left'),
        ('aws:DEPLOY', 'p-jan', 'Jan Novák', 'owner', 'owner_email', 'owner', 0.97, 'jan@example.com',
            'Owner: jan@example.com', 'jan@example.com');
    insert into identity.match_thresholds values ('assignment_confidence', 0.6), ('assignment_odds', 3);
    insert into identity.match_rules values
        ('email', 'identity', 'email', 0.97, true), ('employee_id', 'identity', 'employee_id', 0.95, true),
        ('full_name', 'identity', 'name', 0.7, true), ('owner_tag', 'identity', 'owner', 0.8, true),
        ('off', 'identity', 'off', 0.99, false), ('decision', 'identity', 'decision', 1, true);
    insert into findings.all_findings values
        ('f00d1234aaaa', 'aws:ADA', 'open', 'ada has a stale key'), ('f00d1234bbbb', 'aws:JAN', 'open', 'jan has one'),
        ('deadbeefcafe', 'aws:LEGACY', 'resolved', 'over'), ('0badc0de0000', 'aws:LEGACY', 'excepted', 'accepted');
"""


def publish_company(home: Home) -> None:
    """Write the published file."""
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(TABLES + ROWS)
        connection.execute(
            "insert into inventory.accounts values ('aws:HOSTILE', 'aws', 'HOSTILE', ?, null, null, null, 'unknown',"
            " null, false)",
            [HOSTILE],
        )
        connection.execute(
            "insert into identity.identity_accounts values"
            " ('aws:HOSTILE', 'aws', null, 'unmatched', null, null, null, false, null, '2026-11-24')"
        )


def change(home: Home, sql: str) -> None:
    """Publish something else."""
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(sql)
