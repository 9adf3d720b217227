"""Landed directories: one asset a kind, one partition a connection.

Belongs here: which connections a run reads, and what Dagster records of each.
Does not belong here: reading and landing (`landing.collect`), and judging the attempt (`checks.verdicts`).

Annotations are objects here and not text: Dagster looks at the class of `config`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg
import pyarrow as pa
from pydantic import Field

from pipeline.connections.models import Connection
from pipeline.landing.collect import collect_many
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.orchestration.checks.landing import FEW, check_specs, evaluation, summed_up, worth_recording
from pipeline.orchestration.checks.verdicts import Verdict, count_gaps, has_costly_outcome, verdicts
from pipeline.orchestration.partitions import CONNECTIONS
from pipeline.orchestration.resources import HomeResource
from pipeline.sync import Journal, is_good

OWNERS = ["team:identity"]

DESCRIPTIONS = {
    "aws_iam": """Who can log in to each connected AWS account, as its IAM API told it.

        One partition is one connection of kind `aws_iam`. A snapshot holds users, groups, memberships, policies,
        console passwords, access keys and when each was last used. It is whole or it is not there: a read that was
        denied or cut short leaves the last good one current. A fact that could not be read is null, and says which
        action was refused.
        """,
    "file": """People and accounts listed in files, such as the export of an HR system.

        One partition is one connection of kind `file`. A snapshot holds every row of the file, or it is not there.
        """,
}
KINDS_SHOWN = {"aws_iam": {"aws", "parquet"}, "file": {"csv", "parquet"}}


class LandingConfig(dg.Config):
    """What may be said when a read is started by hand."""

    connections: list[str] = Field(
        default=[], description="Read only these connections of the partitions chosen. Empty: all of them."
    )
    accept_shrink: list[str] = Field(
        default=[], description="Connections of which it is known that they have lost many rows."
    )


def landing_key(kind: str) -> dg.AssetKey:
    """The asset of a kind."""
    return dg.AssetKey(["landing", kind])


def landing_asset(kind: str) -> dg.AssetsDefinition:
    """The asset of a kind: reads the connections that are the run's partitions, side by side, in one process."""
    key = landing_key(kind)

    @dg.multi_asset(
        name=f"land_{kind}",
        specs=[
            dg.AssetSpec(
                key,
                skippable=True,
                partitions_def=CONNECTIONS[kind],
                group_name="landing",
                description=DESCRIPTIONS[kind],
                kinds=KINDS_SHOWN[kind],
                owners=OWNERS,
            )
        ],
        check_specs=check_specs(kind, key),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def land(
        context: dg.AssetExecutionContext,
        config: LandingConfig,
        home: HomeResource,
        journal: dg.ResourceParam[Journal],
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = _chosen(context, home.connections, kind, config.connections)
        landing = home.landing
        with journal.stage("read"):
            manifests = collect_many(
                chosen,
                landing=landing,
                settings=home.settings,
                as_of=datetime.now(UTC),
                run_id=context.run_id,
                accept_shrink=config.accept_shrink,
                progress=journal.progress,
            )
        journal.manifests.extend(manifests)
        found = []
        for manifest in manifests:
            found.append(_verdicts(landing, manifest))
            _record(context, landing, key, manifest, found[-1], connections=len(manifests))
        if found:
            yield from summed_up(kind, key, found)

    return land


def _chosen(
    context: dg.AssetExecutionContext, connections: Sequence[Connection], kind: str, names: Sequence[str]
) -> list[Connection]:
    wanted = set(context.partition_keys)
    if names:
        wanted &= set(names)
    known = {connection.name: connection for connection in connections if connection.kind == kind}
    gone = wanted - known.keys()
    if gone:
        context.log.warning("not in connections.yaml any more, so not read: %s", ", ".join(sorted(gone)))
    return [connection for name, connection in known.items() if name in wanted]


def _record(
    context: dg.AssetExecutionContext,
    landing: Landing,
    key: dg.AssetKey,
    manifest: Manifest,
    found: Mapping[str, Verdict],
    *,
    connections: int,
) -> None:
    """Only an attempt that is good is a materialization; each tells its checks."""
    if is_good(manifest):
        context.log_event(
            dg.AssetMaterialization(key, partition=manifest.connection, metadata=_metadata(landing, manifest))
        )
    before = _before(landing, manifest) if connections > FEW else {}
    for name, verdict in found.items():
        if worth_recording(verdict, before.get(name), connections=connections):
            context.log_event(evaluation(key, verdict))


def _before(landing: Landing, manifest: Manifest) -> Mapping[str, Verdict]:
    older = [
        each for each in landing.attempts(manifest.kind, manifest.connection) if each.snapshot_id < manifest.snapshot_id
    ]
    return _verdicts(landing, older[0]) if older else {}


def _verdicts(landing: Landing, manifest: Manifest) -> dict[str, Verdict]:
    return verdicts(manifest, gaps=lambda: count_gaps(_tables(landing, manifest)))


def _tables(landing: Landing, manifest: Manifest) -> dict[str, pa.Table]:
    if not has_costly_outcome(manifest):
        return {}
    return {name: landing.table(manifest, name) for name in manifest.tables}


def _metadata(landing: Landing, manifest: Manifest) -> dict[str, dg.MetadataValue]:
    rows = [dg.TableRecord({"table": name, "rows": table.rows}) for name, table in sorted(manifest.tables.items())]
    schema = dg.TableSchema(columns=[dg.TableColumn("table", "string"), dg.TableColumn("rows", "int")])
    return {
        "dagster/row_count": dg.MetadataValue.int(manifest.rows or 0),
        "tables": dg.MetadataValue.table(records=rows, schema=schema),
        "as_of": dg.MetadataValue.timestamp(manifest.as_of),
        "snapshot": dg.MetadataValue.text(manifest.snapshot_id),
        "strategy": dg.MetadataValue.text(manifest.strategy),
        "calls": dg.MetadataValue.int(manifest.calls),
        "retries": dg.MetadataValue.int(manifest.retries),
        "vanished": dg.MetadataValue.int(manifest.vanished),
        "seconds": dg.MetadataValue.float((manifest.finished_at - manifest.as_of).total_seconds()),
        "landing": dg.MetadataValue.path(str(landing)),
    }
