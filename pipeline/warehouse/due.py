"""Whether a landing is not published yet."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from pipeline.connections.models import Connection
from pipeline.home import Home
from pipeline.landing.store import Landing
from pipeline.problems import CertifyError
from pipeline.warehouse.query import is_published, query

JUDGED = "select directory_id, max(snapshot_id) from operations.sync_runs group by directory_id"


def unpublished(home: Home, landing: Landing, connections: Sequence[Connection]) -> dict[str, str]:
    """By connection: its newest attempt, where the published file was made without it.

    Failed attempts count too: analysts are to see that a directory could not be read. A published file that cannot be
    asked was made without any.
    """
    judged: dict[str, str] = {}
    if is_published(home):
        with contextlib.suppress(CertifyError):
            judged = {str(name): str(snapshot) for name, snapshot in query(home, JUDGED).rows}
    newest = {each.name: landing.newest(each.kind, each.name) for each in connections}
    return {name: snapshot for name, snapshot in newest.items() if snapshot and snapshot > judged.get(name, "")}
