"""The raw tables as assets: the current snapshot of every connection, loaded into the warehouse.

Annotations are objects here and not text: Dagster looks at the class of `context`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from inspect import cleandoc

import dagster as dg

from pipeline.directories.registry import KINDS
from pipeline.orchestration.assets.landing import OWNERS, landing_key
from pipeline.orchestration.resources import HomeResource, WriterLock
from pipeline.problems import CertifyError, Problem
from pipeline.sync import Journal
from pipeline.warehouse.load import LoadResult, load
from pipeline.warehouse.raw import raw_name

POOL = "duckdb_writer"
"""One step at a time: DuckDB lets nobody read a file that somebody writes."""

LEDGER_INTACT = "ledger_intact"
"""The check that the chain of the ledger holds; it is alerted like any other."""

PIPELINE = """Who is connected, how each attempt to read went, what it could not see, and the thresholds in force.

    Tables `raw.connections`, `raw.attempts`, `raw.coverage`, `raw.evaluation`, and what people decided:
    `raw.ledger_decisions`.
    """
KIND = """The current snapshot of every connected directory of kind {kind}, in the warehouse.

    Tables `raw.{kind}_*`; each row says which directory and snapshot it is from.
    """


def raw_key(name: str) -> dg.AssetKey:
    """The asset of a kind's raw tables, or of the pipeline's own."""
    return dg.AssetKey(["raw", name])


def _spec(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        raw_key(name),
        deps=[landing_key(name)] if name in KINDS else [landing_key(kind) for kind in KINDS],
        group_name="raw",
        description=cleandoc(KIND.format(kind=name) if name in KINDS else PIPELINE),
        kinds={"duckdb"},
        owners=OWNERS,
    )


def _check_spec() -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        LEDGER_INTACT,
        asset=raw_key("pipeline"),
        description="Every decision is as certify wrote it; nothing is judged or published by a ledger that is not.",
    )


def _ledger_is_broken(problem: Problem) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=raw_key("pipeline"),
        check_name=LEDGER_INTACT,
        passed=False,
        severity=dg.AssetCheckSeverity.ERROR,
        description=problem.message,
        metadata={"remedy": problem.remedy},
    )


@dg.multi_asset(
    name="load", specs=[_spec(name) for name in (*KINDS, "pipeline")], check_specs=[_check_spec()], pool=POOL
)
def raw_tables(
    context: dg.AssetExecutionContext,
    home: dg.ResourceParam[HomeResource],
    writer: dg.ResourceParam[WriterLock],
    journal: dg.ResourceParam[Journal],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
    """Load what is new, and tell how every read went."""
    place = writer.hold()
    try:
        with journal.stage("load"):
            result = load(place, home.landing, home.connections, home.settings, datetime.now(UTC))
    except CertifyError as error:
        if error.problem.code == "ledger_broken":  # the step fails, and a failed step says nothing of its checks
            context.log_event(_ledger_is_broken(error.problem))
        raise
    journal.loaded = result
    yield dg.AssetCheckResult(asset_key=raw_key("pipeline"), check_name=LEDGER_INTACT, passed=True)
    for name, problem in result.failed.items():
        context.log.warning("%s: %s", name, problem.message)
    for kind in KINDS:
        rows = {name: count for name, count in result.rows.items() if name.startswith(raw_name(kind, ""))}
        yield dg.MaterializeResult(
            asset_key=raw_key(kind),
            metadata={"dagster/row_count": sum(rows.values()), "rows": _table("table", rows)},
        )
    yield dg.MaterializeResult(asset_key=raw_key("pipeline"), metadata={"connections": _snapshots(result)})


def _table(what: str, counts: dict[str, int]) -> dg.TableMetadataValue:
    schema = dg.TableSchema(columns=[dg.TableColumn(what, "string"), dg.TableColumn("rows", "int")])
    return dg.TableMetadataValue([dg.TableRecord({what: name, "rows": rows}) for name, rows in counts.items()], schema)


def _snapshots(result: LoadResult) -> dg.TableMetadataValue:
    """Which snapshot of each connection is in the warehouse now."""
    told = [
        *({"connection": name, "snapshot": snapshot, "what": "loaded"} for name, snapshot in result.loaded.items()),
        *(
            {"connection": name, "snapshot": snapshot, "what": "as before"}
            for name, snapshot in result.unchanged.items()
        ),
        *({"connection": name, "snapshot": "", "what": "removed"} for name in result.removed),
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in ("connection", "snapshot", "what")])
    return dg.TableMetadataValue([dg.TableRecord(row) for row in told], schema)
