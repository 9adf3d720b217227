"""Every name of Dagster's that is not public, with the reason it is needed and the public way that is missing.

The lock file pins Dagster; the tests of orchestration fail if one of these moved.
"""

from __future__ import annotations

from dagster._core.event_api import PartitionKeyFilter
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES,
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster_dbt.asset_utils import get_asset_check_key_for_test

NO_COMPUTE_LOGS = ("dagster._core.storage.noop_compute_log_manager", "NoOpComputeLogManager")
"""A sync in a terminal leaves stdout and stderr to the terminal. dagster.yaml can name the class, Python cannot."""

DAEMON_MODULE = "dagster._daemon"
"""The daemon is a console script; started as a module it runs with this interpreter, wherever its scripts are."""

__all__ = [
    "COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES",  # which evaluations of a check have ended: no public query
    "DAEMON_MODULE",
    "NO_COMPUTE_LOGS",
    "AssetCheckExecutionRecord",  # the state of a check for each partition: the public API has none for partitions
    "AssetCheckExecutionRecordStatus",
    "InstanceRef",  # an instance with overrides: `DagsterInstance.get` takes none
    "PartitionKeyFilter",  # evaluations of one partition
    "SqliteEventLogStorage",  # one kept connection instead of one for each event: see `event_log`
    "create_db_conn_string",
    "get_asset_check_key_for_test",  # the check of a dbt test: dagster-dbt makes it, and shows it nowhere
]
