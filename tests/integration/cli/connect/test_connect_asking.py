"""With a terminal `certify connect aws` asks; without one, or with --no-input or --json, it never does."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from pipeline.connections.yaml_file import load_connections
from pipeline.demo.emulator import Emulator
from pipeline.home import Home
from pipeline.warehouse.query import query


@dataclass
class Terminal:
    """A process with a terminal for its three streams."""

    process: subprocess.Popen[bytes]
    end: int
    seen: str = ""

    def until(self, text: str, seconds: float = 60) -> None:
        """Wait until `text` was printed."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.end], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{text!r} never came:\n{self.seen}"
            try:
                self.seen += os.read(self.end, 65536).decode(errors="replace")
            except OSError:  # Linux ends a terminal so, when its last process is gone
                assert text in self.seen, f"{text!r} never came:\n{self.seen}"

    def type(self, text: str) -> None:
        os.write(self.end, f"{text}\n".encode())

    def code(self) -> int:
        return self.process.wait(60)


@contextmanager
def terminal(home: Home, *arguments: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipeline.cli.app", "--home", str(home.root), *arguments]
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_the_whole_way_in_one_sitting(home: Home, aws: Emulator, applied: Callable[..., str]) -> None:
    with terminal(home, "connect", "aws", "production") as tty:
        tty.until("Paste the role's ARN")
        tty.type(applied())
        tty.until("Read it now?")
        tty.type("n")
        tty.until("Next: certify sync production")
        assert tty.code() == 0
    assert [each.name for each in load_connections(home, {})] == ["production"]


def test_yes_reads_it_at_once(
    home: Home, aws: Emulator, applied: Callable[..., str], certify: Callable[..., object]
) -> None:
    certify("connect", "aws", "production")
    with terminal(home, "connect", "aws", "production", "--role-arn", applied()) as tty:
        tty.until("Read it now?")
        assert not home.landing.joinpath("aws_iam").exists()
        tty.type("y")
        tty.until("Read, judged and published", seconds=180)
        assert tty.code() == 0
    assert query(home, "select username from inventory.accounts where directory_id = 'production'").rows == [("alice",)]
    assert query(home, "select directory_id, status from inventory.directories").rows == [("production", "fresh")]


def test_enter_finishes_later(home: Home, aws: Emulator) -> None:
    with terminal(home, "connect", "aws", "production") as tty:
        tty.until("Paste the role's ARN")
        tty.type("")
        assert tty.code() == 0
    assert not home.connections_file.exists()


@pytest.mark.parametrize("option", ["--no-input", "--json"])
def test_nothing_is_asked_when_told_so(home: Home, aws: Emulator, option: str) -> None:
    with terminal(home, "connect", "aws", "production", option) as tty:
        tty.until("certify sync production")
        assert tty.code() == 0
        assert "Paste" not in tty.seen


@pytest.mark.parametrize(("answer", "left"), [("n", 1), ("y", 0)])
def test_remove_asks_on_a_terminal(
    home: Home, aws: Emulator, applied: Callable[..., str], certify: Callable[..., object], answer: str, left: int
) -> None:
    certify("connect", "aws", "production")
    certify("connect", "aws", "production", "--role-arn", applied())
    with terminal(home, "connect", "remove", "production") as tty:
        tty.until("Do it?")
        tty.type(answer)
        assert tty.code() == 0
    assert len(load_connections(home, {})) == left
