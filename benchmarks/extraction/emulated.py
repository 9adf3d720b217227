"""The emulated AWS in a process of its own, so that it and its reader do not share an interpreter lock."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from types import TracebackType
from typing import Any

from pydantic import SecretStr

from benchmarks.extraction.accounts import EXTERNAL_ID, Size, fill
from benchmarks.processes import SPAWN
from pipeline.connections.models import AwsIamConnection
from pipeline.demo.emulator import Call, Emulator


@dataclass(frozen=True)
class Opened:
    """How to reach it: the environment of a reader, and the connections, in the order of the accounts."""

    environment: dict[str, str]
    connections: list[AwsIamConnection]


class EmulatedAws:
    """Started and filled when entered, gone when left."""

    def __init__(self, sizes: Sequence[Size], *, latency: float = 0.0) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(theirs, list(sizes), latency), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> EmulatedAws:
        opened: Opened = self._pipe.recv()
        self.environment, self.connections = opened.environment, opened.connections
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()  # which it notices
        self._process.join()

    def calls(self) -> list[Call]:
        """Everything that was answered since the last `forget`."""
        return list(self._ask("calls"))

    def count(self, action: str = "") -> int:
        """How many calls were answered, of one action or of all."""
        return int(self._ask("count", action))

    def forget(self) -> None:
        """Begin to count anew."""
        self._ask("forget")

    def cpu_seconds(self) -> float:
        """The processor time it has spent so far: what answering costs here and not in AWS."""
        return float(self._ask("cpu"))

    def fault(self, name: str, *arguments: Any, **options: Any) -> None:
        """Call a method of the emulator's `Faults`."""
        self._ask("fault", name, arguments, options)

    def _ask(self, *question: Any) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


def _serve(pipe: Pipe, sizes: list[Size], latency: float) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other end hangs up
    with Emulator() as aws:
        connections = [_connect(aws, size) for size in sizes]
        aws.faults.latency(latency)
        pipe.send(Opened(aws.environment(), connections))
        while True:
            try:
                question, *arguments = pipe.recv()
            except EOFError:
                return
            pipe.send(_answer(aws, question, arguments))


def _connect(aws: Emulator, size: Size) -> AwsIamConnection:
    arn = fill(aws.account(size.account_id), size, aws.hub_arn)
    return AwsIamConnection(name=f"account-{size.account_id}", role_arn=arn, external_id=SecretStr(EXTERNAL_ID))


def _answer(aws: Emulator, question: str, arguments: list[Any]) -> Any:
    if question == "calls":
        return aws.log.snapshot()
    if question == "count":
        return aws.log.count(*arguments)
    if question == "cpu":
        return time.process_time()
    if question == "forget":
        return aws.log.clear()
    name, positional, options = arguments
    return getattr(aws.faults, name)(*positional, **options)
