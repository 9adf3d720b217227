"""Notices Ctrl-C even when a library catches it.

Dagster and dbt put handlers of their own in the way while they work and turn an interrupt into errors of theirs. Python
tells a file descriptor of every signal all the same (`signal.set_wakeup_fd`), before any handler.
"""

from __future__ import annotations

import os
import signal
import threading


class Interrupts:
    """Listens from its first `watch` to the end of the process."""

    def __init__(self) -> None:
        self._listening: int | None = None
        self._was_pressed = False

    def watch(self) -> None:
        """Listen, and forget what was heard before. Only the main thread can; elsewhere nothing is heard."""
        if threading.current_thread() is not threading.main_thread():
            return
        if self._listening is None:
            self._listening, told = os.pipe()
            os.set_blocking(self._listening, False)
            os.set_blocking(told, False)
            signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        self.pressed()
        self._was_pressed = False

    def pressed(self) -> bool:
        """Whether there was an interrupt since `watch`."""
        while self._listening is not None:
            try:
                heard = os.read(self._listening, 512)
            except BlockingIOError:
                break
            self._was_pressed = self._was_pressed or signal.SIGINT in heard
        return self._was_pressed


INTERRUPTS = Interrupts()
