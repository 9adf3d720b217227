"""A mutated connections.yaml, as a person meets it: one message with file and line, exit code 2, no traceback."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.home import Home
from pipeline.problems import ExitCode
from tests.integration.cli.running import Ran
from tests.integration.fuzz.fuzzing import EXAMPLES, example_settings
from tests.unit.connections.test_fuzz import GOOD, SPOT


@EXAMPLES
def test_the_command_says_what_is_wrong_and_ends_with_2(
    certify: Callable[..., Ran], tmp_path: Path, examples: int
) -> None:
    """What a person sees of a mutated file: the exit code, the file and the line, and no traceback."""

    home = Home(tmp_path / "home")
    home.ensure()

    @example_settings(examples // 4)
    @given(st.lists(SPOT, min_size=1, max_size=3))
    def seen(spots: list[tuple[int, int, str]]) -> None:
        text = GOOD
        for start, length, token in spots:
            text = text[:start] + token + text[start + length :]
        home.connections_file.write_bytes(text.encode("utf-8", "surrogatepass"))
        ran = certify("status")
        assert ran.code in (ExitCode.OK, ExitCode.CONFIGURATION)
        assert "Traceback" not in ran.err
        assert ran.code == ExitCode.OK or re.search(r"connections\.yaml:[1-9][0-9]*: ", ran.err)

    seen()
