"""The sample company's home and its emulated AWS, in a process of their own for as long as they are needed."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from types import TracebackType

from benchmarks.processes import SPAWN
from pipeline.demo.start import start
from pipeline.home import Home


class SampleCompany:
    """Founded in `root` when entered, its AWS gone when left. `environment` is where that AWS is."""

    def __init__(self, root: Path) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(theirs, root), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> SampleCompany:
        self.environment: dict[str, str] = self._pipe.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()  # which it notices
        self._process.join()


def _serve(pipe: Pipe, root: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other end hangs up
    with start(Home(root), datetime.now(UTC), os.environ) as demo:
        pipe.send(demo.aws.environment())
        try:
            pipe.recv()
        except EOFError:
            return
