"""The style of the dbt project, checked on its parsed form: layers, contracts, keys, descriptions, and no clock."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ManifestNode

from pipeline.directories.registry import KINDS
from tests.integration.dbt.invoking import PROJECT, invoke
from tests.integration.dbt.raw_rows import Company

CLOCKS = re.compile(r"\b(now|current_timestamp|current_date|getdate|today|localtimestamp)\b\s*\(?", re.IGNORECASE)
ONE_ENGINE_ONLY = re.compile(
    r"\b(qualify|exclude|struct_pack|unnest|string_agg|listagg|strpos|json_extract|date_diff|datediff|epoch|strftime|list)\s*\(|::|\bqualify\b",
    re.IGNORECASE,
)
JOINED = re.compile(
    r"\bjoin\b[^;]*?\bon\b(.*?)(?=\b(?:inner|left|cross) join\b|\bwhere\b|\bgroup by\b|\n\)|\Z)", re.DOTALL
)
"""What a join is on, up to the next clause."""
ONE_CORNER = ("macros/cross_db", "lint", "target", "logs")
CONTRACTED = {
    "directories": "directory_id kind display_name aws_account_id is_authoritative status as_of coverage"
    " missing_permissions",
    "accounts": "account_key directory_id native_id username arn display_name email employee_id account_kind"
    " kind_rule is_enabled has_console_password active_key_count mfa_enabled created_at"
    " last_active_at activity never_used activity_unknown_reason as_of",
    "credentials": "credential_key account_key credential_type credential_id is_usable created_at last_used_at"
    " last_used_state unknown_reason is_stale idle_days",
    "groups": "",
    "memberships": "",
    "policies": "",
    "entitlements": "entitlement_key account_key policy_name policy_arn policy_type granted_through is_admin",
    "identities": "identity_id display_name anchor employee_id email employment_status account_count",
    "identity_accounts": "account_key identity_id status confidence rules",
    "match_evidence": "account_key candidate_identity_id candidate rule weight left_value right_value",
    "identity_decisions": "decision_id verb account_key target reason decided_by decided_at expires_at state",
    "thresholds": "threshold value default_value",
    "match_thresholds": "threshold value default_value",
    "attributes": "directory_id source_kind attribute meaning source reason account_count deciding_account_count as_of",
    "stale_credentials": "last_active_at idle_days stale_after_days evidence as_of",
    "stale_accounts": "last_active_at idle_days stale_after_days evidence as_of",
    "orphaned_accounts": "account_key reason has_usable_credential candidates evidence as_of",
    "duplicate_identities": "identity_id account_key duplicate_kind confidence rules cluster_size as_of",
    "unknown_activity": "account_key as_of",
    "all_findings": "finding_id finding_type severity account_key identity_id summary evidence remedy first_seen_at"
    " last_seen_at status coverage as_of",
    "sync_runs": "",
    "permission_coverage": "directory_id action outcome calls rows needed_for remedy as_of",
}
"""The published columns users rely on; more may be added, none taken away."""


def models(manifest: Manifest, folder: str = "") -> Iterator[ManifestNode]:
    for node in manifest.nodes.values():
        if str(node.resource_type) == "model" and node.original_file_path.startswith(f"models/{folder}"):
            yield node


def sql_files() -> Iterator[tuple[str, str]]:
    for file in sorted(PROJECT.rglob("*.sql")):
        name = file.relative_to(PROJECT).as_posix()
        if not name.startswith(ONE_CORNER):
            yield name, re.sub(r"--[^\n]*|\{#.*?#\}|'[^'\n]*'", "", file.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("name", CONTRACTED)
def test_mart_has_every_column_users_rely_on(manifest: Manifest, name: str) -> None:
    mart = manifest.nodes[f"model.certification.{name}"]
    assert set(CONTRACTED[name].split()) <= set(mart.columns)


def test_every_mart_is_public_and_has_a_contract_a_group_and_a_key_test(manifest: Manifest) -> None:
    keyed = {
        node.attached_node
        for node in manifest.nodes.values()
        if str(node.resource_type) == "test" and node.name.startswith("unique_key_")
    }
    for mart in models(manifest, "marts/"):
        assert mart.config.contract.enforced, mart.name
        assert mart.access == "public", mart.name
        assert mart.group == mart.schema, mart.name
        assert mart.unique_id in keyed, f"{mart.name} has no test of its key"


def test_every_mart_column_has_a_type_and_a_description(manifest: Manifest) -> None:
    for mart in models(manifest, "marts/"):
        for column in mart.columns.values():
            assert column.data_type, f"{mart.name}.{column.name}"
            assert len(column.description) > 5, f"{mart.name}.{column.name}"


def test_every_model_says_its_grain_first(manifest: Manifest) -> None:
    for model in models(manifest):
        assert model.raw_code.startswith("-- Grain: "), model.name
        assert model.description.startswith("Grain: "), model.name


def test_every_instant_is_a_timestamp_and_every_id_a_text(manifest: Manifest) -> None:
    for mart in models(manifest, "marts/"):
        for column in mart.columns.values():
            if column.name.endswith(("_at", "as_of", "_on")):
                assert column.data_type == "timestamp", f"{mart.name}.{column.name}"
            if column.name.endswith(("_id", "_key", "_arn")):
                assert column.data_type == "varchar", f"{mart.name}.{column.name}"


def test_schemas_are_named_after_their_folders(manifest: Manifest) -> None:
    schemas = {
        node.schema for node in manifest.nodes.values() if str(node.resource_type) in ("model", "seed", "snapshot")
    }
    assert schemas == {"staging", "intermediate", "history", "inventory", "identity", "findings", "operations"}


def test_sources_are_read_in_staging_only_and_marts_never_read_staging(manifest: Manifest) -> None:
    for model in models(manifest):
        parents = model.depends_on.nodes
        if model.original_file_path.startswith("models/staging/"):
            assert [parent.split(".")[0] for parent in parents] == ["source"], model.name
        else:
            assert not any(parent.startswith("source.") for parent in parents), model.name
        if model.original_file_path.startswith("models/marts/"):
            assert not any(".stg_" in parent for parent in parents), model.name


def test_no_mart_is_read_by_what_judges(manifest: Manifest) -> None:
    """A failing test of a mart then stops nothing: every finding comes from the layer below. Views keep old names."""
    marts = {mart.unique_id for mart in models(manifest, "marts/")}
    earlier_names = {f"model.certification.{name}" for name in ("rules", "thresholds")}
    for model in models(manifest):
        assert model.unique_id in earlier_names or not marts & set(model.depends_on.nodes), model.name


def test_only_marts_have_tests_that_stop_a_publication(manifest: Manifest) -> None:
    for node in manifest.nodes.values():
        if str(node.resource_type) == "test" and str(node.config.severity).lower() == "error":
            read = {manifest.nodes[parent].original_file_path.split("/")[1] for parent in node.depends_on.nodes}
            assert read <= {"marts", "history"} or node.name == "assert_one_evaluation", node.name


def test_sources_belong_to_the_assets_that_load_them(manifest: Manifest) -> None:
    keys = {source.identifier: source.meta["dagster"]["asset_key"] for source in manifest.sources.values()}
    for identifier, key in keys.items():
        expected = next((kind for kind in KINDS if identifier.startswith(f"{kind}_")), "pipeline")
        assert key == ["raw", expected], identifier
    assert {source.schema for source in manifest.sources.values()} == {"raw"}


def test_no_model_reads_a_clock() -> None:
    for name, code in sql_files():
        assert not CLOCKS.search(code), name


def test_what_engines_do_differently_is_in_one_corner() -> None:
    for name, code in sql_files():
        found = ONE_ENGINE_ONLY.search(code)
        assert not found, f"{name}: {found.group(0) if found else ''}"


def test_every_join_is_by_equality() -> None:
    """No pair join and no `or` between keys: work grows with the accounts, not with their square."""
    found = [(name, condition) for name, code in sql_files() for condition in JOINED.findall(code)]
    assert len(found) > 60
    for name, condition in found:
        assert "=" in condition, f"{name}: {condition}"
        assert not re.search(r"\bor\b|<|>|\blike\b", condition), f"{name}: {condition}"


def test_seeds_repeat_no_key() -> None:
    for file in (PROJECT / "seeds").glob("*.csv"):
        rows = list(csv.reader(file.open()))
        keys = [tuple(row[:2]) for row in rows[1:]]
        assert len(keys) == len(set(keys)), file.name
        assert {len(row) for row in rows} == {len(rows[0])}, file.name


def test_plain_build_of_a_new_warehouse_passes_with_every_unit_test(tmp_path: Path, manifest: Manifest) -> None:
    Company().write(tmp_path / "warehouse.duckdb")
    result = invoke("build", folder=tmp_path, manifest=manifest.deepcopy())
    statuses = {run.node.name: str(run.status) for run in result.result}
    assert {name for name, status in statuses.items() if status not in ("success", "pass", "no-op")} == {
        "assert_verdict_gates_open"
    }
    assert statuses["assert_verdict_gates_open"] == "warn"
    assert sum(str(run.node.resource_type) == "unit_test" for run in result.result) >= 14
