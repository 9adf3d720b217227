"""The company's LDAP server: it holds what the file holds, lives as long as somebody uses it, and is done without."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.connections.models import Connection
from pipeline.connections.yaml_file import load_connections
from pipeline.demo import ldap_server
from pipeline.demo.ldap_server import LdapServer
from pipeline.demo.start import Demo, attach, start
from pipeline.directories.registry import directory_for
from pipeline.home import Home
from tests.integration.demo.emulating import NOW

INSIDE = ("given_name", "family_name", "email", "employee_id", "department", "title", "worker_type")
TOLD = ("native_id", "username", "display_name", *INSIDE, "created_at", "last_active_at")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def demo(home: Home) -> Iterator[Demo]:
    """A demo with a server; CI must not go without."""
    if shutil.which("slapd", path=f"{os.environ['PATH']}:/usr/sbin") is None and "CI" not in os.environ:
        pytest.skip("needs slapd: apt-get install slapd")
    with start(home, NOW) as running:
        assert running.ldap is not None, running.no_ldap
        yield running


def ldap_of(home: Home) -> Connection:
    return next(connection for connection in load_connections(home, {}) if connection.name == "ldap")


def read(connection: Connection) -> dict[str, dict[str, Any]]:
    snapshot = directory_for(connection.kind).read(connection, as_of=datetime.now(UTC), run_id="test")
    assert (snapshot.status, list(snapshot.problems)) == ("complete", [])
    return {row["native_id"]: {name: row[name] for name in TOLD} for row in snapshot.tables["accounts"].to_pylist()}


def enabled(connection: Connection) -> set[bool | None]:
    snapshot = directory_for(connection.kind).read(connection, as_of=datetime.now(UTC), run_id="test")
    return set(snapshot.tables["accounts"]["is_enabled"].to_pylist())


def pid_of(home: Home) -> int:
    with contextlib.suppress(OSError):
        return int((home.root / "ldap" / "pid").read_text())
    return 0


def running(pid: int) -> bool:
    """Whether there is such a process; one that only waits to be noted by its parent has no command line."""
    with contextlib.suppress(OSError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    return False


def server_of(demo: Demo) -> LdapServer:
    assert demo.ldap is not None
    return demo.ldap


def test_the_server_tells_of_everybody_what_the_file_tells(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ldap_server, "SCHEMAS", tmp_path / "nowhere")
    without = Home(tmp_path / "without")
    with start(without, NOW) as other:
        assert (other.ldap, other.no_ldap) == (None, "slapd is not installed")
    served, written = ldap_of(demo.home), ldap_of(without)
    assert (served.kind, written.kind) == ("ldap", "file")
    assert read(served) == read(written)
    assert (enabled(served), enabled(written)) == ({True}, {None}), "only a server tells that it can disable none"
    assert set(read(served)) == {one.user_id for one in demo.company.entries}


def test_a_server_that_may_not_run_is_done_without(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slapd").write_text("#!/bin/sh\necho 'could not open: Permission denied' >&2\nexit 1\n")
    (tmp_path / "slapd").chmod(0o700)
    (tmp_path / "core.schema").touch()
    (tmp_path / "back_mdb.so").touch()
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(ldap_server, "SCHEMAS", tmp_path)
    monkeypatch.setattr(ldap_server, "MODULES", tmp_path)
    with start(home, NOW) as demo:
        assert demo.ldap is None
        assert demo.no_ldap == "slapd ended with 1: could not open: Permission denied"
    assert ldap_of(home).kind == "file"
    assert len(read(ldap_of(home))) == len(demo.company.entries)
    assert not (home.root / "ldap").exists()


def test_who_comes_later_uses_the_same_server_and_the_last_to_leave_ends_it(demo: Demo) -> None:
    server = server_of(demo)
    before = server.url
    with attach(demo.home, {}) as later:
        assert later is not None
        assert server_of(later).url == before
    assert len(read(ldap_of(demo.home))) == len(demo.company.entries), "it is still there for who came first"


def test_it_is_gone_when_nobody_uses_it_and_comes_back_with_all_it_holds(demo: Demo, tmp_path: Path) -> None:
    copy = Home(tmp_path / "copy")
    shutil.copytree(demo.home.root, copy.root)
    with attach(copy, {}) as again:
        assert again is not None
        moved = ldap_of(copy)
        assert server_of(again).url != server_of(demo).url, "the port is the first one's, who still runs"
        assert read(moved) == read(ldap_of(demo.home))
        port = int(server_of(again).url.rpartition(":")[2])
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port), timeout=1):
        pass
    with attach(copy, {}) as once_more:
        assert once_more is not None
        assert len(read(ldap_of(copy))) == len(demo.company.entries)


def test_its_reader_can_read_and_nothing_else(demo: Demo) -> None:
    import ldap3

    server = server_of(demo)
    tls = ldap3.Tls(validate=2, ca_certs_file=str(server.folder / "certificate.pem"))
    port = int(server.url.rpartition(":")[2])
    there = ldap3.Server("localhost", port=port, use_ssl=True, tls=tls)
    anybody = ldap3.Connection(there, auto_bind=True)
    assert not anybody.search(server.suffix, "(objectClass=*)")
    password = (server.folder / "password").read_text()
    reader = ldap3.Connection(there, server.reader, password, auto_bind=True)
    assert reader.search(server.suffix, "(uid=mgarcia)", attributes=["userPassword", "mail"])
    assert reader.entries[0].mail.value == "maria.garcia@tidewater.example"
    assert not reader.modify(reader.entries[0].entry_dn, {"title": [(ldap3.MODIFY_REPLACE, ["Boss"])]})
    assert reader.result["description"] == "insufficientAccessRights"


def test_a_server_that_a_killed_process_left_is_ended_and_started_anew(demo: Demo, tmp_path: Path) -> None:
    left = Home(tmp_path / "a folder with blanks")
    shutil.copytree(demo.home.root, left.root)
    program = (
        "import sys; from pathlib import Path; from pipeline.demo.start import attach; from pipeline.home import Home\n"
        "with attach(Home(Path(sys.argv[1])), {}): print('up', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(left.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.kill()
    abandoned = pid_of(left)
    assert running(abandoned), "nobody told it to end"
    with attach(left, {}) as again:
        assert again is not None
        assert pid_of(left) != abandoned
        assert len(read(ldap_of(left))) == len(demo.company.entries)
    for pid in (abandoned, pid_of(left)):
        assert not pid or not running(pid)
