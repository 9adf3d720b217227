"""The published file as an asset.

Annotations are objects here and not text: Dagster looks at the class of `context`.
"""

from datetime import UTC, datetime
from inspect import cleandoc

import dagster as dg

from pipeline.certification.published import review_tables
from pipeline.orchestration.assets.dbt import mart_keys
from pipeline.orchestration.assets.landing import OWNERS
from pipeline.orchestration.assets.raw import POOL
from pipeline.orchestration.resources import WriterLock
from pipeline.sync import Journal
from pipeline.warehouse.publish import Publication, publish

KEY = dg.AssetKey(["published", "certification"])
DESCRIPTION = """The file analysts open: certification.duckdb, read-only, with every mart that passed its tests.

    Replaced in one rename when a build has succeeded; when one has not, the last good file stays. Open it with any
    DuckDB client since 1.1, or ask it with `certify sql`.

    ```sql
    select * from findings.all_findings where status = 'open';
    ```
    """


def published_file(*after: dg.AssetKey) -> dg.AssetsDefinition:
    """Publish, after every mart was built and tested, and `after` too: a build that failed ends the run before this."""

    @dg.asset(
        key=KEY,
        deps=[*mart_keys(), *after],
        group_name="published",
        description=cleandoc(DESCRIPTION),
        kinds={"duckdb"},
        owners=OWNERS,
        pool=POOL,
    )
    def certification(
        context: dg.AssetExecutionContext, writer: dg.ResourceParam[WriterLock], journal: dg.ResourceParam[Journal]
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        place = writer.hold()
        with journal.stage("publish"):
            publication = publish(
                place,
                run_id=context.run.run_id,
                published_at=datetime.now(UTC),
                more_tables=review_tables(place),
            )
        journal.published = publication
        return dg.MaterializeResult(metadata=_metadata(publication))

    return certification


def _metadata(publication: Publication) -> dict[str, dg.MetadataValue]:
    schema = dg.TableSchema(columns=[dg.TableColumn("table", "string"), dg.TableColumn("rows", "int")])
    rows = [dg.TableRecord({"table": name, "rows": count}) for name, count in publication.rows.items()]
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(publication.rows.values())),
        "tables": dg.MetadataValue.table(records=rows, schema=schema),
        "file": dg.MetadataValue.path(publication.path),
        "bytes": dg.MetadataValue.int(publication.path.stat().st_size),
        "open_findings": dg.MetadataValue.int(publication.rows.get("findings.all_findings", 0)),
    }
