"""Processes of `worker`: started, killed, waited for; and a reader that asks the published file again and again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.home import Home

READER = """
import json, select, sys
import duckdb

def look(file):
    with duckdb.connect(file, read_only=True) as connection:
        [(publications, load_id)] = connection.execute(
            "select count(*), any_value(load_id) from operations.publication").fetchall()
        [(generations, people)] = connection.execute(
            "select count(distinct email[1:6]), count(*) from inventory.accounts"
            " where directory_id = 'people'").fetchall()
        [(lost,)] = connection.execute(
            "select count(*) from findings.all_findings where account_key is not null and account_key not in"
            " (select account_key from inventory.accounts) and status = 'open'").fetchall()
        return load_id, (publications, generations, people, lost) == (1, 1, 3, 0)

seen, errors, looks = set(), [], 0
print("ready", flush=True)
while True:
    try:
        load_id, whole = look(sys.argv[1])
        seen.add(load_id)
        if not whole:
            errors.append("torn " + load_id)
    except Exception as error:
        errors.append(repr(error))
    looks += 1
    if select.select([sys.stdin], [], [], 0.1)[0]:
        break
print(json.dumps({"publications": len(seen), "errors": errors, "looks": looks}), flush=True)
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code or minus the signal, and what it wrote."""

    code: int
    said: str


class Worker:
    """The forking process; `environ` is that of its children."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def start(self, work: str, home: Home, number: int = 0) -> int:
        """Begin; gives the process id."""
        return self._ask({"work": work, "home": str(home.root), "number": number})

    def wait(self, pid: int) -> Ended:
        code, said = self._ask({"wait": pid}), self._folder / f"said-{pid}"
        return Ended(code, said.read_text(errors="replace") if said.exists() else "")  # killed before it said a word

    def run(self, work: str, home: Home, number: int = 0) -> Ended:
        return self.wait(self.start(work, home, number))

    def killed_after(self, seconds: float, work: str, home: Home, number: int = 0) -> bool:
        """Kill it after so long; whether it was still at work."""
        pid = self.start(work, home, number)
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self.wait(pid).code == -signal.SIGKILL

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, request: dict[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()))


@contextlib.contextmanager
def working(folder: Path) -> Iterator[Worker]:
    """A worker for the homes in `folder`."""
    worker = Worker(folder)
    try:
        yield worker
    finally:
        worker.close()


class Reader:
    """An analyst's process, which opens the published file anew ten times a second."""

    def __init__(self, file: Path) -> None:
        command = [sys.executable, "-c", READER, str(file)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def stop(self) -> dict[str, object]:
        """What it saw: how many `publications`, in how many `looks`, and every error or torn state."""
        out, _ = self._process.communicate("stop\n")
        found: dict[str, object] = json.loads(out)
        return found
