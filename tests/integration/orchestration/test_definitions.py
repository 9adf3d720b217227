"""What Dagster knows of this project: any change of lineage, jobs or checks shows here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipeline.directories.registry import KINDS
from pipeline.orchestration.build_definitions import build_defs
from pipeline.orchestration.resources import HomeResource
from pipeline.warehouse.dbt_manifest import manifest_of
from pipeline.warehouse.publish import MART_SCHEMAS

ROOT = Path(__file__).resolve().parents[3]
SUGGESTED = dg.AssetKey(["identity", "identity_match_suggestions"])
GROUPS = {"landing", "raw", "staging", "intermediate", "history", "published"}


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs().get_repository_def()


def test_the_assets_around_dbt_and_their_lineage(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    ours = {
        key.to_user_string(): sorted(parent.to_user_string() for parent in graph.get(key).parent_keys)
        for key in graph.get_all_asset_keys()
        if key.path[0] in ("landing", "raw")
    }
    assert ours == {
        **{f"landing/{kind}": [] for kind in KINDS},
        **{f"raw/{kind}": [f"landing/{kind}"] for kind in KINDS},
        "raw/pipeline": sorted(f"landing/{kind}" for kind in KINDS),
    }
    published = graph.get(dg.AssetKey(["published", "certification"]))
    assert published.parent_keys == {
        key for key in graph.get_all_asset_keys() if graph.get(key).group_name in MART_SCHEMAS
    }


def test_every_model_is_an_asset_and_every_source_a_raw_table(repository: dg.RepositoryDefinition) -> None:
    manifest = json.loads(manifest_of().read_bytes())
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "snapshot", "seed") and node["config"]["materialized"] != "ephemeral"
    ]
    keys = repository.asset_graph.get_all_asset_keys()
    others = {key for key in keys if key.path[0] in ("landing", "raw", "published")} | {SUGGESTED}
    assert len(keys - others) == len(models)
    sources = {tuple(source["config"]["meta"]["dagster"]["asset_key"]) for source in manifest["sources"].values()}
    assert {("raw", "aws_iam"), ("raw", "file"), ("raw", "pipeline")} <= sources
    assert sources <= {tuple(key.path) for key in keys}


def test_every_asset_has_a_group_an_owner_a_kind_and_a_plain_first_sentence(
    repository: dg.RepositoryDefinition,
) -> None:
    graph = repository.asset_graph
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name in GROUPS | set(MART_SCHEMAS), key
        assert node.owners == ["team:identity"], key
        assert node.kinds, key
        first = (node.description or "").splitlines()[0]
        assert first, key
        assert "`" not in first or node.group_name == "intermediate", key


def test_jobs_schedules_and_sensors(repository: dg.RepositoryDefinition) -> None:
    jobs = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}
    assert jobs == {"build", *(f"extract_{kind}" for kind in KINDS)}
    assert {each.name: (each.cron_schedule, each.execution_timezone) for each in repository.schedule_defs} == {
        f"nightly_{kind}": ("0 2 * * *", "UTC") for kind in KINDS
    }
    assert {sensor.name: sensor.default_status.value for sensor in repository.sensor_defs} == {
        "connections_changed": "RUNNING",
        "build_when_due": "RUNNING",
        "checks_alert": "RUNNING",
    }


def test_the_checks_on_what_was_landed_block_nothing(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    checks = {(key.asset_key.to_user_string(), key.name) for key in graph.asset_check_keys}
    of_aws = {name for asset, name in checks if asset == "landing/aws_iam"}
    of_files = {name for asset, name in checks if asset == "landing/file"}
    shared = {"can_read", "snapshot_complete", "returned_users", "not_shrunk"}
    assert of_aws == shared | {"can_assume_role", "account_matches_role", "external_id_enforced"}
    assert of_files == shared
    assert ("findings/orphaned_accounts", "orphan_verdicts_available") in checks
    assert ("operations/self_check_failures", "self_checks_hold") in checks
    assert ("published/certification", "reviews_on_time") in checks
    landed = [key for key in graph.asset_check_keys if key.asset_key.path[0] == "landing"]
    assert not any(graph.get(key).blocking for key in landed)


def test_what_writes_the_warehouse_takes_turns(repository: dg.RepositoryDefinition) -> None:
    build = repository.get_job("build")
    pools = {
        node.name: node.definition.pool for node in build.graph.nodes if isinstance(node.definition, dg.OpDefinition)
    }
    checks = ("orphan_verdicts", "self_checks", "reviews_on_time")
    writers = {name: pool for name, pool in pools.items() if not any(check in name for check in checks)}
    assert len(writers) == 4
    assert set(writers.values()) == {"duckdb_writer"}


def test_suggestions_come_after_the_marts_they_read_and_before_publication(
    repository: dg.RepositoryDefinition, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = repository.asset_graph.get(SUGGESTED)
    assert asset.group_name == "identity"
    assert {"/".join(key.path) for key in asset.parent_keys} == {
        *("identity/identities", "identity/identity_accounts", "identity/identity_decisions"),
        *("identity/match_suggestions", "inventory/accounts"),
    }
    assert {"/".join(key.path) for key in asset.child_keys} == {"published/certification"}
    monkeypatch.setitem(sys.modules, "splink", None)
    without = build_defs().get_repository_def().asset_graph
    assert SUGGESTED not in without.get_all_asset_keys()
    assert without.get_all_asset_keys() | {SUGGESTED} == repository.asset_graph.get_all_asset_keys()


def test_resources_can_be_replaced(tmp_path: Path) -> None:
    home = HomeResource(root=str(tmp_path))
    assert build_defs(resources={"home": home}).resources is not None
    assert build_defs(resources={"home": home}).resources["home"] is home


def test_the_workspace_loads_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-w", str(ROOT / "workspace.yaml")]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_importing_the_project_needs_no_manifest_and_reaches_for_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; sys.addaudithook(lambda event, _: (event.startswith('socket.connect') and sys.exit(9)) or None);"
        "import pipeline.project as p; print(p.dbt_project.project_dir.name)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "dbt_project\n"), ran.stderr
