"""Runs dbt's own commands over a copy of a home's warehouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.home import FILE_MODE, FOLDER_MODE, Home
from pipeline.warehouse.dbt_manifest import PROJECT, WAREHOUSE_VARIABLE
from pipeline.warehouse.open import warehouse

LOCK = "dbt.lock"
WAIT = 600.0
"""Seconds to wait for a sync that holds the warehouse; the largest build measured took half of it."""


def run_dbt(home: Home, arguments: Sequence[str], *, project: Path = PROJECT, wait: float = WAIT) -> int:
    """Run `dbt ARGUMENTS` on a fresh copy of the warehouse and return dbt's exit code.

    The copy is `<home>/dbt/warehouse.duckdb`, and dbt's target and log folders lie beside it; they stay for a look at
    the results until the next call. Raises Locked when a sync, or another call of this, does not end within `wait`.
    """
    folder = home.root / "dbt"
    home.ensure()
    with home.lock("certify dbt", name=LOCK, wait=wait):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        copy = folder / home.warehouse.name  # the same name: it is the catalog that compiled SQL names
        _copy(home, copy, wait)
        command = [str(Path(sys.executable).with_name("dbt")), *arguments, "--project-dir", str(project)]
        command += ["--profiles-dir", str(project), "--target-path", str(folder / "target")]
        environ = {**os.environ, WAREHOUSE_VARIABLE: str(copy), "DBT_LOG_PATH": str(folder / "logs")}
        environ |= {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false"}
        return subprocess.run(command, env=environ, check=False).returncode  # noqa: S603 - the user's own words to dbt


def _copy(home: Home, copy: Path, wait: float) -> None:
    for leftover in (copy, copy.with_name(f"{copy.name}.wal")):
        leftover.unlink(missing_ok=True)
    if home.warehouse.exists():
        with home.lock("certify dbt", wait=wait):
            with warehouse(home):
                pass  # what a killed process left in the log beside the file is in the file now
            shutil.copyfile(home.warehouse, copy)
        copy.chmod(FILE_MODE)
