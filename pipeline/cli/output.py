"""Writes data to stdout and everything else to stderr.

rich is loaded only once there is something to draw, so that `--help` and JSON stay fast.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from pipeline.cli import render
from pipeline.problems import CATALOGUE, Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

UNLIMITED = 100_000
"""Columns of a stream that is not a terminal: nothing is cut off or wrapped on its way into a file or a pipe."""

STYLES = {
    "critical": "bold magenta",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
    "ok": "green",
    "fresh": "green",
    "full": "green",
    "held": "yellow",
    "stale": "yellow",
    "partial": "yellow",
    "failed": "red",
    "warning": "yellow",
    "denied": "red",
    "none": "red",
    "never_synced": "dim",
    "not_tried": "dim",
}
"""Words that carry their own colour wherever they stand in a table; the word always says it too."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, whether it holds numbers, and whether it may take several lines."""

    heading: str
    right: bool = False
    may_wrap: bool = False


def wants_color(stream: TextIO, environ: Mapping[str, str], *, allowed: bool = True) -> bool:
    """no-color.org, force-color.org: `--no-color` and NO_COLOR win, then FORCE_COLOR, then the terminal's own word."""
    if not allowed or environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environ.get("TERM") != "dumb" and stream.isatty()


@dataclass
class Output:
    """The two streams of one command. A reader that went away (`| head`) is no error: the rest is dropped quietly."""

    environ: Mapping[str, str]
    json: bool = False
    quiet: bool = False
    color: bool = True
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    def data(self, text: str) -> None:
        """`text` to stdout, as it is."""
        self._write(self.stdout, text)

    def document(self, document: Mapping[str, Any]) -> None:
        self.data(render.json_text(document, indent=2) + "\n")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
        """`rows` to stdout; every value is escaped, none is taken for markup."""
        self._write(self.stdout, self._drawn(self.console(self.stdout), _table(columns, rows)))

    def note(self, text: str = "") -> None:
        """A line for the person watching; silent with `--quiet`."""
        if not self.quiet:
            self._write(self.stderr, "".join(f"{render.visible(line)}\n" for line in text.split("\n")))

    def warn(self, text: str, *, label: str = "warning", style: str = "yellow") -> None:
        """A line that `--quiet` does not silence; the label is coloured."""
        from rich.text import Text

        console = self.console(self.stderr)
        lines = [render.visible(line) for line in text.split("\n")]
        self._write(self.stderr, self._drawn(console, Text.assemble((f"{label}: ", style), "\n".join(lines))))

    def problem(self, problem: Problem) -> None:
        """What happened, where, why likely, the exact fix, and where to read on."""
        more = f"\n  see: docs/troubleshooting.md#{problem.code}" if problem.code in CATALOGUE else ""
        self.warn(f"{problem}{more}", label="error", style="bold red")

    def console(self, stream: TextIO) -> Console:
        """A rich console that never takes text for markup, and is as wide as the terminal or without limit."""
        from rich.console import Console

        colored = wants_color(stream, self.environ, allowed=self.color)
        return Console(
            file=stream,
            force_terminal=colored or None if stream.isatty() else colored,
            color_system="auto" if colored else None,
            width=None if stream.isatty() else UNLIMITED,
            markup=False,
            emoji=False,
            highlight=False,
            soft_wrap=False,
            _environ=dict(self.environ),
        )

    def _drawn(self, console: Console, what: Any) -> str:
        with console.capture() as drawn:
            console.print(what)
        return "".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines())

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            # What is still buffered must not fail again when the interpreter closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(
            Text(render.visible(column.heading)),
            justify="right" if column.right else "left",
            no_wrap=not column.may_wrap,
            overflow="fold",
        )
    for row in rows:
        texts = [render.cell(value) for value in row]
        table.add_row(*(Text(text, style=STYLES.get(text, "")) for text in texts))
    return table
