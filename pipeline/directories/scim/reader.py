"""The directory kind `scim`: from a connection to a snapshot, and the steps of `certify test`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from pipeline import read_limits
from pipeline.connections.network import ScimConnection
from pipeline.directories.base import ENTITLEMENTS, ENTITLEMENTS_KNOWN, GROUPS_KNOWN, Snapshot
from pipeline.directories.read_failure import DirectoryReadError, recorder
from pipeline.directories.rows import WITH_GROUPS, ConflictingRowsError, account_tables, naive
from pipeline.directories.scim import resources
from pipeline.directories.scim.http import PATIENT, ScimClient, ScimTimeouts
from pipeline.directories.scim.listing import Resource, first_page
from pipeline.directories.scim.listing import resources as all_resources
from pipeline.directories.scim.members import with_members
from pipeline.problems import CertifyError, Problem
from pipeline.progress import Progress, Step, silent
from pipeline.redaction import origin_of
from pipeline.strict_yaml.issues import printable

USERS, GROUPS = "scim:ListUsers", "scim:ListGroups"
PATHS = {USERS: "/Users", GROUPS: "/Groups"}
NEEDED_FOR: Mapping[str, str] = {
    USERS: "which users exist; nothing can be read without it",
    GROUPS: "which groups exist, and who is in them",
}
SAMPLE = 5


@dataclass(frozen=True)
class Scim:
    """The directory kind `scim`."""

    patience: ScimTimeouts = PATIENT
    sleep: Callable[[float], None] = read_limits.sleep

    kind = "scim"
    main_table = "accounts"

    @property
    def tables(self) -> Mapping[str, pa.Schema]:
        """The shape of every table, by name."""
        return {**WITH_GROUPS, "entitlements": ENTITLEMENTS}

    def read(
        self, connection: ScimConnection, *, as_of: datetime, run_id: str, progress: Progress = silent
    ) -> Snapshot:
        """Every user and group, whoever asks (`run_id`); a `failed` snapshot says why."""
        del run_id
        reads = recorder(NEEDED_FOR)
        attempt = Snapshot(
            connection=connection.name,
            kind=self.kind,
            as_of=naive(as_of) or as_of,
            status="failed",
            strategy="listed",
            main_table=self.main_table,
            id_source=f"the service at {connection.url}",
            endpoint=origin_of(connection.url),
        )
        client = ScimClient(connection, reads, self.patience, self.sleep)
        try:
            snapshot = _read(client, attempt, progress)
        except DirectoryReadError as failure:
            problem = failure.problem(connection.name, client.place, NEEDED_FOR[failure.action])
            snapshot = replace(attempt, problems=[problem])
        except CertifyError as failure:
            snapshot = replace(attempt, problems=[failure.problem])
        except ConflictingRowsError as conflict:
            detail = printable(str(conflict))
            words = {"connection": connection.name, "place": client.place, "detail": detail}
            snapshot = replace(attempt, problems=[Problem.of("directory_contradicts", **words)])
        finally:
            client.close()
        return replace(snapshot, coverage=reads.coverage(), calls=reads.calls, retries=reads.retries)

    def test(self, connection: ScimConnection) -> Iterator[Step]:
        """Get a token, read a sample of users and of groups; those after a failed step are not tried."""
        client = ScimClient(connection, recorder(NEEDED_FOR), replace(self.patience, attempts=2), self.sleep)

        def token() -> str:
            return "got one" if client.token() and connection.token_url else "there is one"

        def sample(action: str) -> str:
            page = first_page(client, action, PATHS[action], SAMPLE)
            found = page.resources
            if not found and action == USERS:
                raise CertifyError(_nobody(client))
            name = printable(str(found[0].get("username") or found[0].get("displayname"))) if found else ""
            total = f" of {page.total:,}" if page.total else ""
            return f"read a sample of {len(found)}{total}{f', {name} among them' if name else ''}"

        steps: list[tuple[str, Callable[[], str]]] = [
            ("token", token),
            (USERS, lambda: sample(USERS)),
            (GROUPS, lambda: sample(GROUPS)),
        ]
        try:
            yield from _taken(client, steps)
        finally:
            client.close()


def _read(client: ScimClient, attempt: Snapshot, progress: Progress) -> Snapshot:
    def listed(action: str) -> list[Resource]:
        def tell(done: int) -> None:
            progress(attempt.connection, action, done, None)

        try:
            return all_resources(client, action, PATHS[action], tell)
        except DirectoryReadError as failure:
            failure.record(client.reads)
            raise
        except read_limits.ReadLimitError as limit:
            DirectoryReadError(action, "failed", limit.problem.code, limit.problem.message).record(client.reads)
            raise

    users = listed(USERS)
    known = resources.known_fields(users)
    if resources.shows_entitlements(users):
        known.add(ENTITLEMENTS_KNOWN)
    gaps: Mapping[str, str] = {}
    try:
        groups, gaps = with_members(client, GROUPS, PATHS[GROUPS], listed(GROUPS), users)
        if not gaps:
            known.add(GROUPS_KNOWN)
    except DirectoryReadError:
        groups = []
    tables = account_tables(
        resources.accounts(users, known),
        resources.groups(groups, gaps),
        resources.memberships(groups, users),
        known,
    )
    rights = {tuple(str(value) for value in row.values()): row for row in resources.entitlements(users)}
    held = pa.Table.from_pylist([rights[key] for key in sorted(rights)], schema=ENTITLEMENTS)
    return replace(
        attempt,
        status="complete",
        tables={**tables, "entitlements": held},
        problems=[] if users else [_nobody(client)],
    )


def _taken(client: ScimClient, steps: list[tuple[str, Callable[[], str]]]) -> Iterator[Step]:
    name, is_over = client.connection.name, False
    for step, act in steps:
        required, started = step != GROUPS, time.perf_counter()
        if is_over:
            yield Step(step, "not_tried", required=required)
            continue
        try:
            yield Step(step, "ok", act(), seconds=time.perf_counter() - started, required=required)
            continue
        except DirectoryReadError as failure:
            problem = failure.problem(name, client.place, NEEDED_FOR[failure.action])
        except CertifyError as failure:
            problem = failure.problem
        required = is_over = required and problem.code != "nobody_listed"
        seconds = time.perf_counter() - started
        yield Step(step, "failed", problem.message, problem.remedy, seconds, required=required, problem=problem)


def _nobody(client: ScimClient) -> Problem:
    return Problem.of("nobody_listed", connection=client.connection.name, action=USERS, place=client.place)


SCIM = Scim()
