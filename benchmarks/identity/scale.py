"""Time, memory and growth of the dbt project over labelled companies of several sizes.

python -m benchmarks.identity.scale --people 27000 270000
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from benchmarks.identity import company, warehouse
from benchmarks.processes import Measured, measured
from benchmarks.results import Line, Result, as_json, table

REPOSITORY = Path(__file__).resolve().parents[2]
MOST_SECONDS, MOST_MB, MOST_GROWTH, SHOWN_MODELS = 300.0, 8000.0, 1.3, 8


@dataclass(frozen=True)
class Size:
    """One company: its accounts, and what resolving them cost; the value is seconds by model."""

    accounts: int
    run: Measured[Mapping[str, float]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity.scale", description=__doc__.splitlines()[0])
    parser.add_argument("--people", nargs="+", type=int, default=[27_000, 270_000], help="sizes, least first")
    parser.add_argument("--difficulty", choices=("easy", "medium", "hard"), default="medium")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dbt-project", type=Path, default=REPOSITORY / "dbt_project")
    parser.add_argument("--select", nargs="+", default=[], help="build less than everything")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    sizes = [_size(people, options) for people in options.people]
    results = [_result(size, sizes[0]) for size in sizes]
    print(as_json(results) if options.json else table(results))


def _size(people: int, options: argparse.Namespace) -> Size:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        accounts = measured(make, people, options.difficulty, options.seed, path).value
        project = options.dbt_project.resolve()
        return Size(accounts, measured(resolve, project, path, Path(folder) / "dbt", options.select))


def make(people: int, difficulty: str, seed: int, path: Path) -> int:
    """Write a labelled company into a new warehouse at `path`; how many accounts it has."""
    made = company.build(people, difficulty, seed)
    warehouse.load(made, path)
    return len(made.labels)


def resolve(project: Path, path: Path, target: Path, select: Sequence[str]) -> dict[str, float]:
    """Seed and run the models of `project` over the warehouse at `path`; seconds by model. Raises when one fails."""
    os.environ |= {"CERTIFY_WAREHOUSE": str(path), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    folders = ["--project-dir", project, "--profiles-dir", project, "--target-path", target, "--log-path", target]
    seconds: dict[str, float] = {}
    for command, chosen in (("seed", []), ("run", ["--select", *select] if select else [])):
        done = dbtRunner().invoke(["--quiet", command, *map(str, folders), *chosen])
        if not done.success or not isinstance(done.result, RunExecutionResult):
            raise RuntimeError(f"dbt {command} failed over {path}")
        seconds = {one.node.name: one.execution_time for one in done.result.results}
    return seconds


def _result(size: Size, least: Size) -> Result:
    growth = size.run.cpu_seconds / least.run.cpu_seconds / (size.accounts / least.accounts)
    models = size.run.value
    slowest = sorted(models, key=lambda name: -models[name])[:SHOWN_MODELS]
    lines = [
        Line("whole run", size.run.seconds, "s", limit=MOST_SECONDS),
        Line("processor seconds", size.run.cpu_seconds, "s"),
        Line("peak memory", size.run.peak_mb, "MB", limit=MOST_MB),
        *(Line(name, models[name], "s") for name in slowest),
    ]
    if size is not least:
        lines.insert(2, Line("against linear", growth, "times", limit=MOST_GROWTH))
    return Result(f"{size.accounts:,} accounts", lines)


if __name__ == "__main__":
    main()
