"""`certify ui`: serves Dagster's web UI over the home."""

from __future__ import annotations

import http
import http.client
import ipaddress
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Annotated

import typer

from pipeline.cli.invocation import Invocation
from pipeline.problems import CertifyError, ExitCode, Problem

HOST = "127.0.0.1"
PATIENCE = 120.0
"""Seconds until the pages must answer; on a busy machine the first start takes a quarter of a minute."""


def ui(
    invocation: Invocation,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 3000,
    host: Annotated[str, typer.Option("--host", help="The address. Any but loopback is served with a token.")] = HOST,
) -> ExitCode:
    """Serve Dagster's pages over this home: lineage, runs, checks, and a button to run a sync again. Ctrl-C ends it.

    Its daemon runs too, with the nightly schedule. Over the sample company's home its AWS and its LDAP server run too.
    Dagster has no login. On loopback, requests that pages of other sites send are refused. On any other --host every
    request must also carry the random token in the address that is printed; put TLS in front of it.

    \b
    Examples:
      certify ui
      certify ui --port 8080
      certify ui --host 10.0.0.5
    """
    from pipeline.demo.environment import reachable
    from pipeline.orchestration.instance import prepare
    from pipeline.proxy import is_loopback

    _refuse_taken(host, port)
    prepare(invocation.home)
    token = "" if is_loopback(host) else secrets.token_urlsafe(32)
    with reachable(invocation.home):
        return _served(invocation, Address(host, port, token))


@dataclass(frozen=True)
class Address:
    """Where the pages are served, and the token they are served with (empty on loopback)."""

    host: str
    port: int
    token: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}" + (f"/?token={self.token}" if self.token else "")

    def answers(self) -> bool:
        """Whether Dagster's pages answer."""
        reached = HOST if _is_every_address(self.host) else self.host
        pages = http.client.HTTPConnection(reached, self.port, timeout=2)
        try:
            pages.request("GET", "/server_info", headers={"Authorization": f"Bearer {self.token}"})
            return pages.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            pages.close()


def _is_every_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _served(invocation: Invocation, address: Address) -> ExitCode:
    output = invocation.output
    command = [sys.executable, "-m", "pipeline.orchestration.webserver"]
    command += ["--host", address.host, "--port", str(address.port)]
    command += ["--log-level", {0: "warning", 1: "info"}.get(invocation.chosen.verbose, "debug")]
    environ = {**os.environ, "DAGSTER_HOME": str(invocation.home.dagster), "CERTIFY_HOME": str(invocation.home.root)}
    if address.token:
        environ["CERTIFY_UI_TOKEN"] = address.token
    # In the background of a script Ctrl-C is ignored. Dagster must not inherit that: it is asked to end by it.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    # A group of its own: Ctrl-C reaches only us, and Dagster is asked once, in an orderly way, to end.
    child = subprocess.Popen(command, env=environ, stdout=sys.stderr, start_new_session=True)  # noqa: S603 - our words
    signal.signal(signal.SIGINT, ours)
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        output.note(f"Dagster is starting on {address.host}:{address.port} ...")
        _await_answer(child, address)
        output.note(f"\n{address.url} answers. Ctrl-C ends it.")
        invocation.finish({"url": address.url, "pid": child.pid})
        ended = child.wait()
    except KeyboardInterrupt:
        output.note("ending Dagster ...")
        return ExitCode.OK
    finally:
        _end(child)
    if ended:
        raise CertifyError(Problem.of("ui_ended", status=ended))
    return ExitCode.OK


def _refuse_taken(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CertifyError(Problem.of("port_taken", host=host, port=port, reason=error.strerror)) from error


def _await_answer(child: subprocess.Popen[bytes], address: Address) -> None:
    until = time.monotonic() + PATIENCE
    while child.poll() is None:
        if address.answers():
            return
        if time.monotonic() > until:
            raise CertifyError(Problem.of("ui_ended", status="none: it did not answer"))
        time.sleep(0.3)
    raise CertifyError(Problem.of("ui_ended", status=child.returncode))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask Dagster to end; after ten seconds end everything it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGINT)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
