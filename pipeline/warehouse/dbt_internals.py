"""Every name of dbt's that is not public, with the reason it is needed. The lock file pins dbt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.contracts.graph.manifest import Manifest

__all__ = ["Manifest", "RunExecutionResult", "close_warehouse", "read_manifest"]


def read_manifest(file: Path) -> Manifest:
    """The parsed project, for `dbtRunner`, so that dbt need not parse it again; it writes the file and reads it only
    as part of its own parsing."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest: Manifest = Manifest.from_msgpack(file.read_bytes(), decoder=extended_mashumuro_decoder)
    return manifest


def close_warehouse() -> None:
    """Close the DuckDB file that dbt-duckdb keeps open for its next call in the same process; it has no call for it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    with DuckDBConnectionManager._LOCK:
        opened: Any = DuckDBConnectionManager._ENV
        if opened is not None:
            opened.close()
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
