"""Statements that would write, reach outside the published file or change the connection, and ways to hide them."""

from __future__ import annotations

from collections.abc import Iterator

PUBLISHED, OUTSIDE = "{published}", "{outside}"

STATEMENTS = (
    f"copy (select 1) to '{PUBLISHED}'",
    f"copy (select 1) to '{PUBLISHED}' (format csv, use_tmp_file false)",
    f"copy (select 'x'::blob as b) to '{PUBLISHED}' (format blob)",
    f"copy (select 1) to '{OUTSIDE}/out.parquet' (format parquet)",
    "copy findings.stale_accounts to '/dev/stdout'",
    f"copy findings.stale_accounts from '{OUTSIDE}/secret.csv'",
    "copy from database memory to other",
    f"attach '{OUTSIDE}/other.duckdb' as other",
    f"attach '{PUBLISHED}' as again",
    "attach ':memory:' as other",
    "detach certification",
    f"export database '{OUTSIDE}/dump'",
    f"import database '{OUTSIDE}/dump'",
    "install httpfs",
    "force install httpfs from community",
    "load httpfs",
    "update extensions",
    "set enable_external_access = true",
    "set global lock_configuration = false",
    "set variable x = 1",
    "reset enable_external_access",
    "pragma enable_profiling",
    "pragma database_list",
    f"pragma log_query_path = '{OUTSIDE}/log'",
    "create secret s (type s3, key_id 'a', secret 'b')",
    "drop secret s",
    "create table findings.t as select 1",
    "create temp table t as select 1",
    "create or replace view findings.v as select 1",
    "create macro m() as 1",
    "create type e as enum ('a')",
    "create schema s",
    "create sequence q",
    "drop table findings.stale_accounts",
    "alter table findings.stale_accounts add column x integer",
    "insert into findings.stale_accounts values (1, 'a', 'b')",
    "insert or replace into findings.stale_accounts values (1, 'a', 'b')",
    "update findings.stale_accounts set number = 0",
    "delete from findings.stale_accounts",
    "truncate findings.stale_accounts",
    "merge into findings.stale_accounts using (select 1 as n) on false when not matched then insert by name",
    "checkpoint",
    "force checkpoint",
    "vacuum",
    "analyze",
    "begin",
    "commit",
    "rollback",
    "use memory",
    "prepare p as select 1",
    "execute p",
    "deallocate p",
    "call pragma_version()",
    "call enable_logging()",
    "comment on table findings.stale_accounts is 'x'",
    "explain select 1",
    "explain analyze select 1",
)
TABLE_FUNCTIONS = (
    f"read_csv('{OUTSIDE}/secret.csv')",
    f"read_csv_auto('{OUTSIDE}/secret.csv')",
    f"read_text('{OUTSIDE}/secret.csv')",
    f"read_blob('{OUTSIDE}/secret.csv')",
    f"read_blob('{PUBLISHED}')",
    f"read_json('{OUTSIDE}/secret.csv')",
    f"read_json_objects('{OUTSIDE}/secret.csv')",
    f"read_ndjson('{OUTSIDE}/secret.csv')",
    f"read_parquet('{OUTSIDE}/secret.csv')",
    "parquet_scan('https://example.com/x.parquet')",
    f"parquet_metadata('{OUTSIDE}/secret.csv')",
    f"read_duckdb('{PUBLISHED}')",
    f"sniff_csv('{OUTSIDE}/secret.csv')",
    f"glob('{OUTSIDE}/*')",
    "duckdb_secrets()",
    "which_secret('s3://x', 's3')",
    "json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "query('select 1')",
    f"query('copy (select 1) to ''{PUBLISHED}''')",
    "checkpoint('certification')",
    "force_checkpoint()",
    "enable_logging()",
    "truncate_duckdb_logs()",
    "enable_profiling()",
    "seq_scan(1)",
    "READ_TEXT('/etc/passwd')",
    "\"read_text\"('/etc/passwd')",
    "main.read_text('/etc/passwd')",
    "system.main.read_text('/etc/passwd')",
)
CTE_BODIES = (
    f"copy (select 1) to '{PUBLISHED}' (format csv, use_tmp_file false)",
    f"copy (select 'x'::blob as b) to '{PUBLISHED}' (format blob, use_tmp_file false)",
    "insert into findings.stale_accounts values (1, 'a', 'b') returning *",
    "update findings.stale_accounts set number = 0 returning *",
    "delete from findings.stale_accounts returning *",
    f"from read_text('{OUTSIDE}/secret.csv')",
)
PIVOT = "pivot findings.stale_accounts on generation using count(*)"


def hostile_statements() -> Iterator[str]:
    """Each statement by itself, and hidden in EXPLAIN, comments, other statements, CTEs, subqueries and pivots."""
    for statement in STATEMENTS:
        yield statement
        yield f"select 1; {statement}"
        yield f"/* select */ {statement} -- select 1"
        if not statement.startswith(("explain", "begin", "commit", "rollback")):
            yield f"explain {statement}"
            yield f"explain analyze {statement}"
    for function in TABLE_FUNCTIONS:
        yield f"from {function}"
        yield f"select (select count(*) from {function})"
        yield f"with t as materialized (from {function}) select * from t"
        yield f"select * from (values (1)) v(a), lateral {function}"
        yield f"{PIVOT.replace('findings.stale_accounts', f'(select 1 as generation, * from {function})')}"
        yield f"with p as ({PIVOT}) select * from p, {function}"
    for body in CTE_BODIES:
        yield f"with x as ({body}) select 1"
        yield f"with x as ({body}) select * from x"
        yield f"with x as materialized ({body}) from x"
        yield f"select * from (with x as ({body}) from x)"
        yield f"select (with x as ({body}) select count(*) from x)"
        yield f"with x as ({body}), p as ({PIVOT}) from p"
        yield f"with recursive r as (select 1 union all (with x as ({body}) select 1 from x)) from r"
        yield f"describe with x as ({body}) select * from x"
        yield f"summarize with x as ({body}) select * from x"
    yield f"copy ({PIVOT}) to '{PUBLISHED}'"
    yield f"copy ({PIVOT}) to '{OUTSIDE}/out.csv'"
    yield f"create table t as {PIVOT}"
    yield f"create temp table t as ({PIVOT})"
    yield f"explain analyze copy ({PIVOT}) to '{PUBLISHED}'"
    yield f"{PIVOT}; drop table findings.stale_accounts"
    yield f"{PIVOT}) ; copy (select 1) to '{PUBLISHED}'; select * from (select 1"
    yield f"from '{OUTSIDE}/secret.csv'"
    yield f'select * from "{OUTSIDE}/secret.csv"'
    yield "select write_log('x')"
    yield "select pg_sleep(1)"
    yield "select nextval('q')"
