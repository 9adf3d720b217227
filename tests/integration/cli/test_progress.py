"""Progress is drawn for somebody who watches, escapes what it is told, and is silent everywhere else."""

from __future__ import annotations

import io

import pytest

from pipeline.cli.output import Output
from pipeline.cli.progress import shown


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def drawn(output: Output) -> str:
    with shown(output) as tell:
        tell("production", "iam:ListAccessKeys", 3, 12)
        tell("\x1b[2Jpeople", "[red]reading", 0, None)
        tell("", "load", 0, None)
        tell("", "build", 7, 5)
        tell("", "build", 9, 120)
    stream = output.stderr
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def test_a_terminal_sees_each_connection_and_stage() -> None:
    text = drawn(Output({"TERM": "xterm", "COLUMNS": "120"}, stderr=Screen(), stdout=io.StringIO()))
    for said in ("production", "iam:ListAccessKeys", "3/12", "loading", "judging and testing", "9/120"):
        assert said in text
    assert "[red]reading" in text, "it is no markup"
    assert "\\x1b[2Jpeople" in text
    assert "\x1b[2Jpeople" not in text


@pytest.mark.parametrize(
    "output",
    [
        Output({"TERM": "xterm"}, stderr=io.StringIO()),
        Output({"TERM": "dumb"}, stderr=Screen()),
        Output({"TERM": "xterm"}, stderr=Screen(), quiet=True),
    ],
    ids=["a pipe", "a dumb terminal", "quiet"],
)
def test_nothing_is_drawn_where_nobody_watches(output: Output) -> None:
    assert drawn(output) == ""
