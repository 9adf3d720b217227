"""`certify ui`: it serves the home on this machine only, and ends without leaving anything behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.integration.cli.running import Ran

HEADERS = {"content-type": "application/json"}
QUESTION = json.dumps({"query": "{ repositoriesOrError { ... on RepositoryConnection { nodes { jobs { name } } } } }"})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def group_of(pid: int) -> list[int]:
    """The processes of the session that `pid` leads."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def in_the_background() -> None:
    """What a shell does to a command that ends with `&` in a script."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_it_serves_the_jobs_and_ends_when_asked(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "pipeline.cli.app", "ui", "--home", str(tmp_path / "home"), "--port", str(port)]
    with (
        (tmp_path / "said").open("w") as said,
        subprocess.Popen(
            [*command, "--json"], stdout=subprocess.PIPE, stderr=said, text=True, preexec_fn=in_the_background
        ) as ui,
    ):
        assert ui.stdout is not None
        document = json.loads("".join(iter(ui.stdout.readline, "}\n")) + "}")
        assert document["url"] == f"http://127.0.0.1:{port}"
        assert group_of(document["pid"])
        request = urllib.request.Request(f"{document['url']}/graphql", QUESTION.encode(), HEADERS)
        with urllib.request.urlopen(request, timeout=60) as answer:
            [repository] = json.load(answer)["data"]["repositoriesOrError"]["nodes"]
        assert {"build", "extract_aws_iam", "extract_file"} <= {job["name"] for job in repository["jobs"]}
        os.kill(ui.pid, signal.SIGTERM)
        assert ui.wait(60) == 0
    until = time.monotonic() + 30
    while group_of(document["pid"]) and time.monotonic() < until:
        time.sleep(0.2)
    assert group_of(document["pid"]) == []


def test_a_port_in_use_is_refused_in_words(certify: Callable[..., Ran]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = certify("ui", "--port", str(port))
    assert (ran.code, ran.out) == (2, "")
    assert f"127.0.0.1:{port} cannot be listened on" in ran.err
    assert "--port" in ran.err
