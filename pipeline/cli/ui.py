"""`certify ui`: Dagster's web pages over the home, in the foreground.

Belongs here: starting Dagster as a child, waiting until it answers, and ending it.
Does not belong here: what the pages show (`orchestration`).
"""

from __future__ import annotations

import http
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Annotated

import typer

from pipeline.cli.frame import Invocation
from pipeline.problems import CertifyError, ExitCode, Problem

HOST = "127.0.0.1"
PATIENCE = 120.0
"""Seconds until the pages must answer; on a busy machine the first start takes a quarter of a minute."""


def ui(
    invocation: Invocation,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port on 127.0.0.1.")] = 3000,
) -> ExitCode:
    """Serve Dagster's pages over this home: lineage, runs, checks, and a button to run a sync again. Ctrl-C ends it.

    Its daemon runs too, with the nightly schedule. Over the sample company's home its AWS and its LDAP server run too.
    Dagster has no login: the pages are served on 127.0.0.1 only.

    \b
    Examples:
      certify ui
      certify ui --port 8080
    """
    from pipeline.cli.surroundings import reachable
    from pipeline.orchestration.instance import prepare

    _refuse_taken(port)
    prepare(invocation.home)
    with reachable(invocation.home):
        return _served(invocation, port)


def _served(invocation: Invocation, port: int) -> ExitCode:
    output = invocation.output
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pipeline.definitions", "-h", HOST, "-p", str(port)]
    command += ["--log-level", {0: "warning", 1: "info"}.get(invocation.chosen.verbose, "debug")]
    environ = {**os.environ, "DAGSTER_HOME": str(invocation.home.dagster), "CERTIFY_HOME": str(invocation.home.root)}
    # Dagster advises its own developers of another command: nothing the user could act on.
    environ.setdefault("PYTHONWARNINGS", "ignore:Function `dev_command` is superseded")
    # In the background of a script Ctrl-C is ignored. Dagster must not inherit that: it is asked to end by it.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    # A group of its own: Ctrl-C reaches only us, and Dagster is asked once, in an orderly way, to end.
    child = subprocess.Popen(command, env=environ, stdout=sys.stderr, start_new_session=True)  # noqa: S603 - our words
    signal.signal(signal.SIGINT, ours)
    url = f"http://{HOST}:{port}"
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        output.note(f"Dagster is starting on {url} ...")
        _await_answer(child, port)
        output.note(f"\n{url} answers. Ctrl-C ends it.")
        invocation.finish({"url": url, "pid": child.pid})
        ended = child.wait()
    except KeyboardInterrupt:
        output.note("ending Dagster ...")
        return ExitCode.OK
    finally:
        _end(child)
    if ended:
        raise CertifyError(Problem.of("ui_ended", status=ended))
    return ExitCode.OK


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CertifyError(Problem.of("port_taken", port=port, reason=error.strerror)) from error


def _await_answer(child: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while child.poll() is None:
        if _answers(port):
            return
        if time.monotonic() > until:
            raise CertifyError(Problem.of("ui_ended", status="none: it did not answer"))
        time.sleep(0.3)
    raise CertifyError(Problem.of("ui_ended", status=child.returncode))


def _answers(port: int) -> bool:
    pages = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        pages.request("GET", "/server_info")
        return pages.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        pages.close()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask Dagster to end; after ten seconds end everything it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGINT)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
