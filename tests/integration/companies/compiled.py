"""The real models and data tests, compiled by dbt once and run on DuckDB in memory: a company takes about a second."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ManifestNode

from pipeline.warehouse.raw import META
from tests.integration.dbt.invoking import PROJECT, invoke
from tests.integration.dbt.raw_rows import LANDED, Company

RAW: Mapping[str, pa.Schema] = {**LANDED, **META}
MARTS = ("inventory", "identity", "findings", "operations")
Tables = dict[str, list[tuple[Any, ...]]]


class Broken(AssertionError):
    """Nothing would be published: a model, a contract or a data test that stops a publication failed."""


@dataclass
class Project:
    """The compiled project over one DuckDB in memory that takes one company after the other."""

    nodes: list[ManifestNode]
    threads: int = 1

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("use warehouse")
        connection.execute(f"set threads = {self.threads}")
        for schema in {"raw", *(node.schema for node in self.nodes)}:
            connection.execute(f'create schema "{schema}"')
        for name, schema in RAW.items():
            connection.register("empty", schema.empty_table())
            connection.execute(f'create table raw."{name}" as from empty')
        for node in self.nodes:
            if str(node.resource_type) == "seed":
                _seed(connection, node)
        return connection

    def build(self, raw: Mapping[str, list[dict[str, Any]]]) -> Published:
        """Load the rows, build every model, and test what would be published. Raises Broken."""
        for name, schema in RAW.items():
            self.connection.execute(f'delete from raw."{name}"')
            if raw.get(name):
                self.connection.register("incoming", pa.Table.from_pylist(raw[name], schema=schema))
                self.connection.execute(f'insert into raw."{name}" from incoming')
        return self.rebuild()

    def rebuild(self) -> Published:
        """Build and test over what is loaded. Raises Broken."""
        for node in self.nodes:
            if str(node.resource_type) == "model":
                self._make(node)
        for node in self.nodes:
            if str(node.resource_type) == "test" and str(node.config.severity).lower() == "error":
                rows = self.connection.execute(f"{node.compiled_code} limit 3").fetchall()
                if rows:
                    raise Broken(f"{node.name}: {rows}")
        return Published(self.connection)

    def make_views(self) -> None:
        """Views are tables here; after a change of a table they are to say what they would say."""
        for node in self.nodes:
            if node.config.materialized == "view":
                self._make(node)

    def status(self, test: str) -> str:
        """What one data test says of the tables as they stand: `pass`, `warn` or `fail`."""
        [node] = (each for each in self.nodes if each.name == test and str(each.resource_type) == "test")
        config = node.config
        query = f"select failed {config.error_if}, failed {config.warn_if} from (select {config.fail_calc} as failed"
        [(errs, warns)] = self.connection.execute(f"{query} from ({node.compiled_code}) as rows_failed)").fetchall()
        if errs and str(config.severity).lower() == "error":
            return "fail"
        return "warn" if warns else "pass"

    def _make(self, node: ManifestNode) -> None:
        target, code = f'"{node.schema}"."{node.alias}"', str(node.compiled_code)
        try:
            if node.config.materialized == "connected_components":
                edges = self.connection.execute(code).fetchall()
                columns = {"node": pa.string(), "component": pa.string()}
                rows = [{"node": each, "component": least} for each, least in components(edges).items()]
                self.connection.register("found", pa.Table.from_pylist(rows, schema=pa.schema(columns.items())))
                self.connection.execute(f"create or replace table {target} as from found")
            elif node.config.materialized != "ephemeral":
                self.connection.execute(f"create or replace table {target} as {code}")
        except duckdb.Error as error:
            raise Broken(f"{node.name}: {error}") from error
        if node.config.contract.enforced:
            self._keep(node, target)

    def _keep(self, node: ManifestNode, target: str) -> None:
        described = self.connection.execute(f"describe {target}").fetchall()
        found = {row[0]: row[1].lower() for row in described}
        wanted = {column.name: str(column.data_type).lower() for column in node.columns.values()}
        if found != wanted:
            raise Broken(f"contract of {node.name}: {set(found.items()) ^ set(wanted.items())}")


@dataclass(frozen=True)
class Published:
    """What analysts would read."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def tables(self) -> Tables:
        """Every row of every mart, sorted."""
        names = self.rows(
            "select schema_name || '.' || table_name from duckdb_tables()"
            f" where database_name = 'warehouse' and schema_name in {MARTS} order by all"
        )
        return {name: sorted(self.rows(f"from {name}"), key=repr) for (name,) in names}


def compile_project(folder: Path, manifest: Manifest) -> list[ManifestNode]:
    """Every seed, model and data test in an order in which they can be built; snapshots are left out."""
    Company().write(folder / "warehouse.duckdb")
    result = invoke("compile", folder=folder, manifest=manifest)
    assert result.success, result.exception
    nodes = {name: node for name, node in manifest.nodes.items() if str(node.resource_type) != "snapshot"}
    ordered: dict[str, ManifestNode] = {}

    def add(name: str) -> None:
        if name in nodes and name not in ordered:
            for parent in nodes[name].depends_on.nodes if hasattr(nodes[name].depends_on, "nodes") else ():
                add(parent)
            ordered[name] = nodes[name]

    for name in sorted(nodes):
        add(name)
    return [node for node in ordered.values() if "snapshot" not in " ".join(_parents(node))]


def _parents(node: ManifestNode) -> Iterable[str]:
    return node.depends_on.nodes if hasattr(node.depends_on, "nodes") else ()


def components(edges: Iterable[tuple[str | None, str | None]]) -> dict[str, str]:
    """Each node and the least node that can be reached from it."""
    root: dict[str, str] = {}

    def find(node: str) -> str:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one, other in edges:
        known = [find(each) for each in (one, other) if each is not None]
        for each in known:
            root[each] = min(known)
    return {node: find(node) for node in list(root)}


def _seed(connection: duckdb.DuckDBPyConnection, node: ManifestNode) -> None:
    with (PROJECT / node.original_file_path).open(newline="") as file:
        rows = list(csv.DictReader(file))
    types = node.config.column_types
    columns = ", ".join(f'cast(nullif("{name}", \'\') as {types.get(name, "varchar")}) as "{name}"' for name in rows[0])
    connection.register("seeded", pa.Table.from_pylist(rows))
    connection.execute(f'create table "{node.schema}"."{node.alias}" as select {columns} from seeded')
    connection.unregister("seeded")
