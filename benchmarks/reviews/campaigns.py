"""`python -m benchmarks.reviews.campaigns --home HOME`: time a review of 10,000 items of copied accounts."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import measured
from benchmarks.results import Line, Result, as_json, table
from benchmarks.reviews import reviewing
from pipeline.home import Home

MOST_START_SECONDS, MOST_IMPORT_SECONDS = 20.0, 5.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reviews.campaigns", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home with a published file, such as the demo's")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.ensure()
        shutil.copy(options.home / "certification.duckdb", home.published)
        fallbacks = reviewing.multiplied(home)
        started, decided, closed, packed = (
            measured(work, home.root, *more, environment={})
            for work, more in (
                (reviewing.start, fallbacks),
                (reviewing.decide, ()),
                (reviewing.close, ()),
                (reviewing.export, ()),
            )
        )
        scale = reviewing.ITEMS / started.value
        ledger_mb = home.ledger.stat().st_size / 1e6
    result = Result(
        f"A review of {started.value} items",
        [
            Line("start, by 10,000 items", started.seconds * scale, "s", limit=MOST_START_SECONDS),
            Line("peak memory of it", started.peak_mb, "MB"),
            Line("recording 10,000 decisions, and publishing", decided.seconds * scale, "s", limit=MOST_IMPORT_SECONDS),
            Line("decisions recorded", decided.value),
            Line("close", closed.seconds, "s"),
            Line("evidence pack", packed.seconds, "s"),
            Line("evidence pack, zipped", packed.value / 1e6, "MB"),
            Line("ledger", ledger_mb, "MB"),
        ],
    )
    print(as_json([result]) if options.json else table([result]))


if __name__ == "__main__":
    main()
