"""Builds and tests every model with dbt, in this process.

dbt runs inside this process and not as a child: a killed run leaves nobody behind who holds the warehouse, and what is
expensive to import is imported once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb

from pipeline.disk_space import says_full
from pipeline.home import Home
from pipeline.problems import CertifyError, Problem
from pipeline.warehouse import stamp
from pipeline.warehouse.dbt_internals import close_warehouse, read_manifest
from pipeline.warehouse.dbt_manifest import (
    PROJECT,
    WAREHOUSE_VARIABLE,
    command_line,
    environment,
    manifest_of,
    parsed_file,
)
from pipeline.warehouse.open import warehouse
from pipeline.warehouse.sql import statement

if TYPE_CHECKING:
    from pipeline.warehouse.dbt_internals import RunExecutionResult

PUBLISHED = frozenset({"inventory", "identity", "findings", "operations"})
"""The schemas that dbt alone writes and analysts get; those of history and of reviews are left alone."""

NodeDone = Callable[[str, int, int], None]
"""Told after each node: its name, how many are done, of how many."""


@dataclass(frozen=True)
class NodeResult:
    """What came of one model, snapshot, seed or test.

    `status` is dbt's: success, pass, warn, fail, error or skipped. `failures` counts the rows a test objects to.
    """

    unique_id: str
    name: str
    resource_type: str
    status: str
    seconds: float
    message: str = ""
    failures: int | None = None

    @property
    def failed(self) -> bool:
        return self.status in ("error", "fail", "runtime error")


@dataclass(frozen=True)
class BuildResult:
    """What came of all nodes, in the order in which they finished."""

    nodes: tuple[NodeResult, ...]

    @property
    def failures(self) -> tuple[NodeResult, ...]:
        """The nodes for which nothing may be published."""
        return tuple(node for node in self.nodes if node.failed)

    @property
    def warnings(self) -> tuple[NodeResult, ...]:
        return tuple(node for node in self.nodes if node.status == "warn")

    @property
    def skipped(self) -> tuple[NodeResult, ...]:
        return tuple(node for node in self.nodes if node.status == "skipped")

    @property
    def problem(self) -> Problem | None:
        """Why nothing may be published, or None."""
        failures = self.failures
        if not failures:
            return None
        first = failures[0]
        if says_full(first.message):
            return Problem.of("disk_full", place="the warehouse", free="too few bytes")
        return Problem.of(
            "build_failed", count=len(failures), first=f"{first.resource_type} {first.name} ({first.message.strip()})"
        )


def build(
    home: Home, *, select: Sequence[str] = (), on_node: NodeDone | None = None, project: Path = PROJECT
) -> BuildResult:
    """Run `dbt build` on the warehouse of `home`: every model, snapshot, seed and test, or exactly those of `select`.

    Unit tests are left out: they prove the project's SQL and not the data, so the project's own tests run them. Nodes
    that fail are in the result, not raised. Raises CertifyError when dbt cannot run at all, Locked when somebody else
    keeps the warehouse open. The warehouse is closed again on return. Everything built and passed: it has its stamp.
    """
    from dbt.cli.main import dbtRunner

    manifest_of(project)
    output = home.dagster / "dbt"
    output.mkdir(mode=0o700, parents=True, exist_ok=True)
    with warehouse(home) as database:  # waits for whoever has it open, and says who that is
        load_id = stamp.begin_build(database)
    arguments = [*command_line("build", project, output), "--exclude-resource-type", "unit_test"]
    if select:
        arguments += ["--indirect-selection", "empty", "--select", *select]
    runner = dbtRunner(manifest=read_manifest(parsed_file(project)), callbacks=[_counting(on_node)] if on_node else [])
    try:
        with environment(WAREHOUSE_VARIABLE, str(home.warehouse)):
            outcome = runner.invoke(arguments)
    finally:
        close_warehouse()
    if isinstance(outcome.exception, (KeyboardInterrupt, SystemExit)):
        raise outcome.exception
    if outcome.result is None:
        raise CertifyError(Problem.of("project_invalid", project=project, reason=outcome.exception))
    result = BuildResult(tuple(_node(each) for each in cast("RunExecutionResult", outcome.result).results))
    if not select and result.problem is None:
        with warehouse(home) as database:
            _drop_former(database, manifest_of(project))
            if load_id:
                stamp.finish_build(database, load_id)
    return result


def _drop_former(database: duckdb.DuckDBPyConnection, manifest: Path) -> None:
    """Drop published tables that the project has no more: an upgrade would leave them with what they held then."""
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    models = {(node["schema"], node["alias"]) for node in nodes if node["resource_type"] == "model"}
    query = """
        select table_schema, table_name, table_type from information_schema.tables
        where table_catalog = current_database()
    """
    for schema, name, kind in database.execute(query).fetchall():
        if schema in PUBLISHED & {found for found, _ in models} and (schema, name) not in models:
            what = "view" if kind == "VIEW" else "table"
            database.execute(statement(f"drop {what} {{table}}", table=(schema, name)))


def _counting(on_node: NodeDone) -> Callable[[Any], None]:
    done, total = 0, 0

    def listen(event: Any) -> None:
        nonlocal done, total
        if event.info.name == "LogStartLine":
            total = max(total, event.data.total)
        elif event.info.name == "NodeFinished":
            done += 1
            on_node(event.data.node_info.node_name, done, total)

    return listen


def _node(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        name=result.node.name,
        resource_type=str(result.node.resource_type.value),
        status=str(result.status.value),
        seconds=result.execution_time,
        message=result.message or "",
        failures=result.failures,
    )
