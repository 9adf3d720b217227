"""The work of reading a file grows with its size, not with the square of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.problems import ConfigurationError


def steps_for(home: Home, keys: int) -> int:
    """How many lines of Python are run to refuse a file with so many unknown keys: a count, whatever the machine."""
    lines = "".join(f"    key{number}: x\n" for number in range(keys))
    home.connections_file.write_text(f"connections:\n  - name: a\n    kind: file\n    path: x.csv\n{lines}")
    count = 0

    def traced(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        with pytest.raises(ConfigurationError):
            load_connections(home, {})
    finally:
        sys.settrace(before)
    return count


@pytest.mark.promise("P10")
def test_eight_times_the_keys_take_about_eight_times_the_steps(tmp_path: Path) -> None:
    """8,000 keys took three seconds: each fault was compared with all before it."""
    home = Home(tmp_path / "home")
    home.ensure()
    assert steps_for(home, 1600) < 10 * steps_for(home, 200)
