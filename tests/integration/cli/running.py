"""Running `certify` in this process, in one of its own, and what came of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

HOSTILE = "\x1b[2J[red]=cmd|'/c calc'!A1\u202e"
"""An escape sequence, rich markup, a formula and a right-to-left override in one name."""


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


def in_a_process(
    *arguments: str, environ: Mapping[str, str] | None = None, stdin: str | None = None, seconds: int = 120
) -> Ran:
    """Run `certify` as a shell would, with pipes for its streams; it may take so many seconds."""
    return _ran([sys.executable, "-m", "pipeline.cli.app", *arguments], environ, stdin, seconds)


def in_python(program: str, *arguments: str) -> Ran:
    """Run a few lines of Python in a process of their own."""
    return _ran([sys.executable, "-c", program, *arguments], None, None)


def _ran(command: list[str], environ: Mapping[str, str] | None, stdin: str | None, seconds: int = 120) -> Ran:
    ended = subprocess.run(
        command,
        env={**os.environ, **(environ or {})},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)
