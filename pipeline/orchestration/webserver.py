"""Serves Dagster's UI behind the request guard, and runs its daemon."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

from dagster_webserver.cli import cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware

from pipeline.orchestration.dagster_internals import DAEMON_MODULE
from pipeline.orchestration.request_guard import RequestGuard

TOKEN_VARIABLE = "CERTIFY_UI_TOKEN"  # noqa: S105 - a name
"""The environment, unlike arguments, is not shown to other users of the machine."""
CODE = ["--module-name", "pipeline.definitions"]
PATIENCE = 8.0
"""Seconds for the daemon to end by itself."""


def serve(arguments: Sequence[str]) -> None:
    """Serve until interrupted; when either process ends, the other is ended too."""
    chosen = _parser().parse_args(arguments)
    token = os.environ.pop(TOKEN_VARIABLE, "")
    with _daemon(chosen.log_level):
        guarded(token)
        cli(
            ["--host", chosen.host, "--port", str(chosen.port), "--dagster-log-level", chosen.log_level, *CODE],
            standalone_mode=False,
        )


def guarded(token: str) -> None:
    """Put the guard in front of every page that this process serves."""
    dagsters_own = DagsterWebserver.build_middleware

    def build_middleware(webserver: DagsterWebserver) -> list[Middleware]:  # type: ignore[type-arg]
        return [Middleware(RequestGuard, token=token), *dagsters_own(webserver)]

    DagsterWebserver.build_middleware = build_middleware  # type: ignore[method-assign,assignment]


@contextlib.contextmanager
def _daemon(log_level: str) -> Iterator[None]:
    """Dagster's daemon beside the pages: schedules, sensors and the run queue."""
    command = [sys.executable, "-m", DAEMON_MODULE, "run", "--log-level", log_level, *CODE]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as daemon:  # noqa: S603 - our words
        threading.Thread(target=_end_with, args=(daemon,), daemon=True).start()
        try:
            yield
            if daemon.poll():
                sys.exit(f"dagster-daemon ended by itself with status {daemon.returncode}")
        finally:
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGINT)
            try:
                daemon.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()


def _end_with(daemon: subprocess.Popen[bytes]) -> None:
    """Pages without a daemon would show schedules that never run: end them when the daemon ends."""
    daemon.wait()
    os.kill(os.getpid(), signal.SIGINT)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Dagster's pages behind the request guard, and its daemon.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log-level", default="warning")
    return parser


if __name__ == "__main__":
    serve(sys.argv[1:])
