"""The dbt project as assets: one for each model, snapshot and seed, with its tests as checks.

dbt-core runs in this process: `DbtCliResource` would start it three times over (its version, its adapter, its command),
and its row counts keep a handle on the warehouse that nobody else can then open.

Annotations are objects here and not text: Dagster looks at the class of `context`.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from pipeline.orchestration.assets.landing import OWNERS
from pipeline.orchestration.assets.raw import POOL
from pipeline.orchestration.dagster_internals import get_asset_check_key_for_test
from pipeline.orchestration.resources import WriterLock
from pipeline.project import dbt_project
from pipeline.sync import Journal
from pipeline.warehouse.build import BuildResult, NodeResult, build
from pipeline.warehouse.dbt_manifest import manifest_of
from pipeline.warehouse.relations import Relation, relations

Node = Mapping[str, Any]
NAME = "dbt_models"


class Translator(DagsterDbtTranslator):
    """Assets grouped by the folder of their model, and described in the words of the project alone."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        return spec.replace_attributes(
            group_name=_group(node), owners=OWNERS, kinds={"dbt", "duckdb"}, description=_description(node)
        )


def _group(node: Node) -> str:
    """The layer; of a mart its subject: `findings` says more than `marts`."""
    of_its_own = {"seed": "staging", "snapshot": "history"}
    if node["resource_type"] in of_its_own:
        return of_its_own[node["resource_type"]]
    folders = node["fqn"][1:-1] or ["staging"]
    return str(folders[1] if folders[0] == "marts" and len(folders) > 1 else folders[0])


def _description(node: Node) -> str:
    return str(node.get("description") or "").strip() or f"The dbt {node['resource_type']} {node['name']}."


TRANSLATOR = Translator(
    settings=DagsterDbtTranslatorSettings(enable_code_references=True, enable_duplicate_source_asset_keys=True)
)


@cache
def dbt_models() -> dg.AssetsDefinition:
    """The whole project as one step. Parses it first where that was not done yet."""
    manifest: dict[str, Any] = json.loads(manifest_of().read_bytes())

    @dbt_assets(manifest=manifest, project=dbt_project, name=NAME, dagster_dbt_translator=TRANSLATOR, pool=POOL)
    def models(
        context: dg.AssetExecutionContext, writer: dg.ResourceParam[WriterLock], journal: dg.ResourceParam[Journal]
    ) -> Iterator[Any]:
        place = writer.hold()
        with journal.stage("build"):
            result = build(place, select=_selected(context, manifest), on_node=journal.node_done)
            built = relations(place)
        journal.built = result
        yield from _events(context, manifest, result, built)
        if result.problem is not None:
            journal.failure = result.problem
            raise dg.Failure(
                description=f"{result.problem.message}. {result.problem.remedy}",
                metadata={"failures": _failures(result)},
                allow_retries=False,
            )

    return models


def mart_keys() -> list[dg.AssetKey]:
    """The assets that analysts get."""
    return [key for key, group in dbt_models().group_names_by_key.items() if group not in _NOT_MARTS]


_NOT_MARTS = frozenset({"staging", "intermediate", "history"})


def _selected(context: dg.AssetExecutionContext, manifest: Mapping[str, Any]) -> list[str]:
    """The nodes to build, as dbt selects them; empty for all of them, which is what nearly every run wants."""
    if not context.is_subset:
        return []
    models = [
        ".".join(node["fqn"])
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] != "test" and _key(manifest, unique_id) in context.selected_asset_keys
    ]
    tests = [
        node["name"]
        for unique_id, node in manifest["nodes"].items()
        if _check_key(manifest, unique_id) in context.selected_asset_check_keys
    ]
    return models + tests


def _events(
    context: dg.AssetExecutionContext,
    manifest: Mapping[str, Any],
    result: BuildResult,
    built: Mapping[tuple[str, str], Relation],
) -> Iterator[Any]:
    for node in result.nodes:
        if node.resource_type in ("model", "snapshot", "seed") and node.status == "success":
            key = _key(manifest, node.unique_id)
            if key in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=key, metadata=_table_metadata(manifest, node, built))
        elif node.resource_type == "test" and node.status != "skipped":
            check = _check_key(manifest, node.unique_id)
            if check is not None and check in context.selected_asset_check_keys:
                yield _check_result(check, node)


def _key(manifest: Mapping[str, Any], unique_id: str) -> dg.AssetKey:
    return TRANSLATOR.get_asset_spec(manifest, unique_id, dbt_project).key


def _check_key(manifest: Mapping[str, Any], unique_id: str) -> dg.AssetCheckKey | None:
    return get_asset_check_key_for_test(manifest, TRANSLATOR, unique_id, project=dbt_project)


def _table_metadata(
    manifest: Mapping[str, Any], node: NodeResult, built: Mapping[tuple[str, str], Relation]
) -> dict[str, Any]:
    properties = manifest["nodes"][node.unique_id]
    metadata: dict[str, Any] = {"seconds": round(node.seconds, 3)}
    relation = built.get((properties["schema"], properties["alias"]))
    if relation is not None:
        columns = [dg.TableColumn(name, data_type, comment or None) for name, data_type, comment in relation.columns]
        metadata["dagster/column_schema"] = dg.TableSchema(columns=columns)
        if relation.rows is not None:
            metadata["dagster/row_count"] = relation.rows
    return metadata


def _check_result(check: dg.AssetCheckKey, node: NodeResult) -> dg.AssetCheckResult:
    warns = node.status == "warn"
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=node.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
        description=None if node.status == "pass" else node.message,
        metadata={"failed_rows": node.failures or 0, "seconds": round(node.seconds, 3)},
    )


def _failures(result: BuildResult) -> dg.TableMetadataValue:
    columns = ("node", "type", "status", "message")
    rows = [
        dg.TableRecord({"node": node.name, "type": node.resource_type, "status": node.status, "message": node.message})
        for node in result.failures
    ]
    return dg.TableMetadataValue(rows, dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in columns]))
