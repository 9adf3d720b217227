"""Reading and landing: every failure becomes a recorded attempt, and stops nobody else."""

from __future__ import annotations

import itertools
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.connections.models import AwsIamConnection, Connection, FileConnection
from pipeline.directories import registry
from pipeline.directories.base import Snapshot
from pipeline.landing.extraction import extract, extract_many
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.problems import ConnectionFailed, ExitCode, Problem
from pipeline.progress import Progress, silent
from pipeline.settings import Settings
from tests.integration.landing.samples import NOON, snapshot


@dataclass
class Scripted:
    """A directory that does what the test says, by the name of the connection."""

    script: dict[str, Callable[[], Any]] = field(default_factory=dict)
    kind: str = "file"
    main_table: str = "accounts"
    reading: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, connection: Connection, *, as_of: datetime, run_id: str, progress: Progress = silent) -> Snapshot:
        assert run_id
        with self.lock:
            self.reading += 1
            self.most_at_once = max(self.most_at_once, self.reading)
        try:
            for step in range(3):
                time.sleep(0.005)
                progress(connection.name, "rows", step, 3)
            self.script.get(connection.name, lambda: None)()
            return snapshot(20, connection=connection.name, as_of=as_of)
        finally:
            with self.lock:
                self.reading -= 1


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    monkeypatch.setattr("pipeline.landing.extraction.directory_for", lambda *_, **__: scripted)
    return scripted


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path)


def file(name: str) -> FileConnection:
    return FileConnection(name=name, path=Path("x.csv"))


def run(landing: Landing, connections: list[Connection], **options: Any) -> list[Manifest]:
    given = {"settings": Settings(), "clock": lambda: NOON, "run_id": "run-1", **options}
    return extract_many(connections, landing=landing, **given)


def raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def test_one_connection_is_read_landed_and_pruned(landing: Landing, directory: Scripted) -> None:
    for _ in range(4):
        manifest = extract(file("a"), landing=landing, settings=Settings(keep_snapshots=2), as_of=NOON, run_id="r")
        assert manifest.status == "complete"
    assert manifest.rows == 20
    assert manifest.as_of == NOON.replace(tzinfo=UTC)
    assert len(landing.attempts("file", "a")) == 2


@pytest.mark.promise("P14")
def test_a_failing_connection_stops_no_other_and_the_order_is_kept(landing: Landing, directory: Scripted) -> None:
    problem = Problem.of("file_missing", connection="b", path="x.csv")
    directory.script = {"b": raising(ConnectionFailed(problem)), "d": raising(ValueError("what nobody foresaw"))}
    manifests = run(landing, [file(name) for name in "abcde"])
    assert [each.connection for each in manifests] == list("abcde")
    assert [each.status for each in manifests] == ["complete", "failed", "complete", "failed", "complete"]
    assert manifests[1].problems == (problem,)
    for manifest in manifests:
        assert landing.attempts("file", manifest.connection) == [manifest]


def test_what_nobody_foresaw_is_told_and_logged_with_its_traceback(
    landing: Landing, directory: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    directory.script = {"a": raising(ZeroDivisionError("by nought"))}
    with caplog.at_level(logging.ERROR):
        (manifest,) = run(landing, [file("a")])
    (problem,) = manifest.problems
    assert (problem.code, problem.exit_code) == ("unexpected", ExitCode.UNEXPECTED)
    assert "ZeroDivisionError: by nought" in problem.message
    assert "Traceback" in caplog.text
    assert "raise error" in caplog.text


def test_an_external_id_in_an_unforeseen_error_is_not_written_down(landing: Landing, directory: Scripted) -> None:
    connection = AwsIamConnection(
        name="a", role_arn="arn:aws:iam::111122223333:role/R", external_id=SecretStr("cc-canary")
    )
    directory.script = {"a": raising(ValueError("ExternalId=cc-canary is odd"))}
    (manifest,) = run(landing, [connection])
    assert "canary" not in manifest.to_json()
    assert "ExternalId=[redacted] is odd" in manifest.problems[0].message
    assert manifest.account_id == "111122223333"


def test_each_connection_is_as_of_the_instant_its_own_read_began(landing: Landing, directory: Scripted) -> None:
    ticks = itertools.count()
    options = {"settings": Settings(max_connections_at_once=1), "clock": lambda: NOON + timedelta(minutes=next(ticks))}
    manifests = run(landing, [file("a"), file("b"), file("c")], **options)
    began = [manifest.as_of for manifest in manifests]
    assert began == [NOON.replace(tzinfo=UTC) + timedelta(minutes=minute) for minute in range(3)]


def test_no_more_connections_at_once_than_the_settings_allow(landing: Landing, directory: Scripted) -> None:
    run(landing, [file(f"c{n}") for n in range(12)], settings=Settings(max_connections_at_once=3))
    assert directory.most_at_once == 3


def test_a_shrink_is_accepted_for_the_named_connection_only(landing: Landing, directory: Scripted) -> None:
    for name in "ab":
        landing.write(snapshot(100, connection=name), run_id="0", max_shrink=0.2, max_shrink_rows=10)
    manifests = run(landing, [file("a"), file("b")], accept_shrink=["b"])
    assert [each.status for each in manifests] == ["held", "complete"]


def test_a_landing_that_cannot_be_written_is_a_failed_attempt_of_its_own_kind(
    tmp_path: Path, directory: Scripted
) -> None:
    (tmp_path / "landing").write_text("a file")
    manifests = run(Landing(tmp_path / "landing"), [file("a"), file("b")])
    assert [each.status for each in manifests] == ["failed", "failed"]
    assert manifests[0].problems[0].code == "landing_unusable"


def test_progress_is_told_by_name(landing: Landing, directory: Scripted) -> None:
    told: list[tuple[str, str, int, int | None]] = []
    run(landing, [file("a")], progress=lambda *args: told.append(args))
    assert told == [("a", "start", 0, None), *[("a", "rows", step, 3) for step in range(3)]]


def test_an_interrupt_abandons_what_is_under_way_and_lands_nothing_of_it(landing: Landing, directory: Scripted) -> None:
    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)

    directory.script = {"a": interrupt}
    connections = [file("a"), *[file(f"c{n}") for n in range(50)]]
    with pytest.raises(KeyboardInterrupt):
        run(landing, connections, settings=Settings(max_connections_at_once=2))
    landed = sum(bool(landing.attempts("file", each.name)) for each in connections)
    assert landed < 25
    assert directory.reading == 0


def test_every_kind_that_can_be_connected_can_be_read() -> None:
    from pipeline.connections.models import KINDS

    assert set(registry.KINDS) == set(KINDS)
