"""What the pipeline's benchmark times is a whole sync: every stage, every node, nothing failed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.pipeline import syncing
from benchmarks.pipeline.company import SampleCompany
from benchmarks.processes import measured
from pipeline.sync import STAGES


def test_every_stage_of_a_sync_and_every_node_of_the_build_is_timed(tmp_path: Path) -> None:
    with SampleCompany(tmp_path / "home") as company:
        synced = measured(syncing.sync, tmp_path / "home", environment=company.environment).value
    assert synced.exit_code == 0
    assert list(synced.stages) == list(STAGES)
    assert synced.calls > 100
    assert {"model stale_credentials", "model orphaned_accounts", "snapshot account_history"} <= synced.nodes.keys()
