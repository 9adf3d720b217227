"""The pieces of work that are timed, each in a fresh process."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.home import Home
from pipeline.orchestration.run import run_sync
from pipeline.warehouse.dbt_manifest import PROJECT, manifest_of

COMMAND = "import sys; from pipeline.cli.app import main; sys.exit(main())"


@dataclass(frozen=True)
class Synced:
    """A sync: whether all went well, seconds by stage, and seconds by dbt node."""

    exit_code: int
    calls: int
    stages: Mapping[str, float]
    nodes: Mapping[str, float]


def sync(root: Path) -> Synced:
    """Sync the home at `root`; the dbt project is parsed already."""
    outcome = run_sync(Home(root))
    built = outcome.built.nodes if outcome.built else ()
    return Synced(
        exit_code=int(outcome.exit_code),
        calls=sum(manifest.calls for manifest in outcome.manifests),
        stages=outcome.seconds,
        nodes={f"{node.resource_type} {node.name}": node.seconds for node in built},
    )


def parse() -> float:
    """Seconds to parse the dbt project from nothing, as happens once after it was installed or changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
        began = time.perf_counter()
        manifest_of(copy)
        return time.perf_counter() - began


def demo(root: Path) -> float:
    """Seconds of the whole command `certify demo`, from its first import to its last line."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", COMMAND, "--home", str(root), "demo"], check=True, capture_output=True)
    return time.perf_counter() - began
