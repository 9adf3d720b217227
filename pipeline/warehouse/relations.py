"""Names, columns and row counts of the warehouse's tables after a build."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.home import Home
from pipeline.warehouse.open import attach_warehouse, scratch
from pipeline.warehouse.sql import statement

ALIAS = "warehouse"


@dataclass(frozen=True)
class Relation:
    """A table or a view; a column is (name, type, comment). `rows` is None for a view: it would have to be computed."""

    schema: str
    name: str
    columns: tuple[tuple[str, str, str], ...]
    rows: int | None


def relations(home: Home) -> dict[tuple[str, str], Relation]:
    """Every table and view outside `raw`, by schema and name. To be called when nobody writes."""
    query = """
        select columns.schema_name, columns.table_name, column_name, lower(data_type), coalesce(columns.comment, ''),
            tables.table_name is not null as is_table
        from duckdb_columns() as columns
        left join duckdb_tables() as tables using (database_name, schema_name, table_name)
        where database_name = ? and not columns.internal and columns.schema_name <> 'raw'
        order by schema_name, columns.table_name, column_index
    """
    with scratch() as connection:
        attach_warehouse(connection, home, ALIAS)
        columns: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        tables = set()
        for schema, name, column, data_type, comment, is_table in connection.execute(query, [ALIAS]).fetchall():
            columns.setdefault((schema, name), []).append((column, data_type, comment))
            if is_table:
                tables.add((schema, name))
        counts = {
            path: connection.execute(statement("select count(*) from {table}", table=(ALIAS, *path))).fetchall()[0][0]
            for path in tables
        }
    return {
        (schema, name): Relation(schema, name, tuple(found), counts.get((schema, name)))
        for (schema, name), found in columns.items()
    }
