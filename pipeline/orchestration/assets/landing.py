"""Landed directories: one asset for each kind, one partition for each connection.

Annotations are objects here and not text: Dagster looks at the class of `config`.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from inspect import cleandoc

import dagster as dg
import pyarrow as pa
from pydantic import Field

from pipeline.connections.models import Connection
from pipeline.landing.extraction import extract_many
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.orchestration.checks.check_results import CheckResult, check_results, count_gaps, has_costly_outcome
from pipeline.orchestration.checks.landing import FEW, check_specs, evaluations
from pipeline.orchestration.partitions import CONNECTIONS
from pipeline.orchestration.resources import HomeResource
from pipeline.problems import CertifyError
from pipeline.sync import Journal, is_good

OWNERS = ["team:identity"]

DESCRIPTIONS = {
    "aws_iam": """Who can log in to each connected AWS account, as its IAM API told it.

        A snapshot holds users, groups, memberships, policies, console passwords, access keys and when each was last
        used. It is whole or it is not there: a read that was denied or cut short leaves the last good one current.
        A fact that could not be read is null, and says which action was refused.
        """,
    "aws_identity_center": """Who may sign in to each connected IAM Identity Center, and who reaches which account.

        A snapshot holds users, groups, memberships and permission sets by account. Identity Center tells nobody's last
        sign-in: activity is unknown.
        """,
    "file": """People and accounts listed in files, such as the export of an HR system.

        A snapshot holds every row of the file, or it is not there.
        """,
    "ldap": """People, accounts and groups of each connected LDAP directory or Active Directory.

        A snapshot holds every entry that is an account or a group, and who is in which group, nested ones opened up.
        """,
    "scim": """Users and groups of each connected SCIM 2.0 service.

        A snapshot holds every user and group the service lists, and what it says of their roles and entitlements.
        SCIM tells nobody's last sign-in: activity is unknown.
        """,
}
OTHERWISE = """Accounts of each connected directory of kind {kind}, as it told them.

    A snapshot is whole or it is not there: a read that failed leaves the last good one current.
    """


def _description(kind: str) -> str:
    text = cleandoc(DESCRIPTIONS.get(kind, OTHERWISE.format(kind=kind)))
    return f"{text}\n\nOne partition is one connection of kind `{kind}`."


def _kinds(kind: str) -> set[str]:
    """The logos on the asset."""
    return {"aws" if kind.startswith("aws_") else "csv" if kind == "file" else kind, "parquet"}


class LandingConfig(dg.Config):
    """What may be said when a read is started by hand."""

    connections: list[str] = Field(
        default=[], description="Read only these connections of the partitions chosen. Empty: all of them."
    )
    accept_shrink: list[str] = Field(
        default=[], description="Connections of which it is known that they have lost many rows."
    )
    fresh: bool = Field(
        default=False, description="Read every fact live, none from a credential report that AWS made earlier."
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
                description=_description(kind),
                kinds=_kinds(kind),
                owners=OWNERS,
            )
        ],
        check_specs=check_specs(kind, key),
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,  # so that no result has to be yielded
    )
    def land(
        context: dg.AssetExecutionContext,
        config: LandingConfig,
        home: dg.ResourceParam[HomeResource],
        journal: dg.ResourceParam[Journal],
    ) -> Iterator[dg.AssetCheckResult]:
        of_kind = [connection for connection in home.connections if connection.kind == kind]
        chosen = _chosen(context, of_kind, config.connections)
        landing = home.landing
        with journal.stage("read"):
            manifests = extract_many(
                chosen,
                landing=landing,
                settings=home.settings,
                clock=lambda: datetime.now(UTC),
                run_id=context.run.run_id,
                accept_shrink=config.accept_shrink,
                fresh=config.fresh,
                progress=journal.progress,
            )
        journal.manifests.extend(manifests)
        for manifest in manifests:
            if is_good(manifest):  # no other attempt is a materialization
                metadata = _metadata(landing, manifest)
                context.log_event(dg.AssetMaterialization(key, partition=manifest.connection, metadata=metadata))
        _tell_checks(context, landing, key, manifests, of_kind)
        yield from ()  # everything was logged, for its partition

    return land


def _chosen(context: dg.AssetExecutionContext, of_kind: Sequence[Connection], names: Sequence[str]) -> list[Connection]:
    wanted = set(context.partition_keys)
    if names:
        wanted &= set(names)
    gone = wanted - {connection.name for connection in of_kind}
    if gone:
        context.log.warning("not in connections.yaml any more, so not read: %s", ", ".join(sorted(gone)))
    return [connection for connection in of_kind if connection.name in wanted]


def _tell_checks(
    context: dg.AssetExecutionContext,
    landing: Landing,
    key: dg.AssetKey,
    manifests: Sequence[Manifest],
    of_kind: Sequence[Connection],
) -> None:
    found = {manifest.connection: _verdicts(landing, manifest) for manifest in manifests}
    before = _latest(landing, of_kind, manifests) if len(manifests) > FEW else {}
    others = _latest(landing, [connection for connection in of_kind if connection.name not in found], ())
    if found:
        for evaluation in evaluations(of_kind[0].kind, key, found, before, others):
            context.log_event(evaluation)


def _latest(
    landing: Landing, connections: Sequence[Connection], after: Sequence[Manifest]
) -> dict[str, dict[str, CheckResult]]:
    """Verdicts on the newest attempt of each connection that is on record, apart from those in `after`."""
    ours = {manifest.snapshot_id for manifest in after}
    found = {}
    for connection in connections:
        attempts = landing.attempts(connection.kind, connection.name)
        manifest = next((each for each in attempts if each.snapshot_id not in ours), None)
        if manifest is not None:
            with contextlib.suppress(CertifyError):  # damaged since: the load tells it
                found[connection.name] = _verdicts(landing, manifest)
    return found


def _verdicts(landing: Landing, manifest: Manifest) -> dict[str, CheckResult]:
    return check_results(manifest, gaps=lambda: count_gaps(_tables(landing, manifest)))


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
