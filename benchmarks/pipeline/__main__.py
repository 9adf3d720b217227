"""`python -m benchmarks.pipeline`: time the parts of a sync of the sample company, and print what they took."""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.pipeline import syncing
from benchmarks.pipeline.company import SampleCompany
from benchmarks.pipeline.syncing import Synced
from benchmarks.processes import Measured, measured
from benchmarks.results import Line, Result, as_json, table
from pipeline.sync import STAGES

MOST_BUILD_SECONDS, MOST_DEMO_SECONDS, SHOWN_NODES = 15.0, 60.0, 8


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--repeats", type=int, default=3, help="how many homes are made and synced twice (%(default)s)")
    options = parser.parse_args(arguments)
    parsing = measured(syncing.parse)
    runs = [_home() for _ in range(options.repeats)]
    results = [
        _result("A first sync of the sample company", [first for first, _, _ in runs]),
        _result("A second sync of it", [second for _, second, _ in runs]),
        _nodes([first.value for first, _, _ in runs]),
        Result(
            "The demo",
            [
                Line("certify demo", statistics.median(demo for _, _, demo in runs), "s", limit=MOST_DEMO_SECONDS),
                Line("parsing the dbt project, once", parsing.value, "s"),
            ],
        ),
    ]
    print(as_json(results) if options.json else table(results))


def _home() -> tuple[Measured[Synced], Measured[Synced], float]:
    """A new home, synced twice; and the demo in another."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with SampleCompany(root / "home") as company:
            first, second = (
                measured(syncing.sync, root / "home", environment=company.environment) for _ in ("first", "second")
            )
        return first, second, measured(syncing.demo, root / "demo", environment={}).value


def _result(title: str, runs: Sequence[Measured[Synced]]) -> Result:
    """Medians of the same sync on several homes."""
    if failed := [run.value.exit_code for run in runs if run.value.exit_code]:
        raise RuntimeError(f"a sync ended with exit code {failed[0]}")

    def median(stage: str) -> float:
        return statistics.median(run.value.stages[stage] for run in runs)

    rest = statistics.median(run.seconds - sum(run.value.stages.values()) for run in runs)
    return Result(
        title,
        [
            *(
                Line(stage, median(stage), "s", limit=MOST_BUILD_SECONDS if stage == "build" else None)
                for stage in STAGES
            ),
            Line("runs, events and checks around them", rest, "s"),
            Line("all of it", statistics.median(run.seconds for run in runs), "s"),
            Line("processor seconds", statistics.median(run.cpu_seconds for run in runs), "s"),
            Line("peak memory", statistics.median(run.peak_mb for run in runs), "MB"),
            Line("calls of AWS", runs[0].value.calls),
        ],
    )


def _nodes(runs: Sequence[Synced]) -> Result:
    """The dbt nodes that take longest."""
    seconds = {name: statistics.median(run.nodes[name] for run in runs) for name in runs[0].nodes}
    slowest = sorted(seconds, key=lambda name: -seconds[name])[:SHOWN_NODES]
    return Result(
        "The dbt build",
        [
            Line("nodes", len(seconds)),
            Line("all nodes, one after another", sum(seconds.values()), "s"),
            *(Line(name, seconds[name], "s") for name in slowest),
        ],
    )


if __name__ == "__main__":
    main()
