"""Marks the warehouse's identities and orphans against labelled companies.

    python -m benchmarks.identity.evaluate --people 10000 --difficulty medium --seed 7

Belongs here: running dbt over a generated company and printing the marks. Does not belong here: making the company
(`company`) or the arithmetic (`marks`).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.identity import company, marks, naive, warehouse
from benchmarks.identity.truth import Label

REPOSITORY = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and print one block of marks for each difficulty and seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--difficulty", nargs="+", choices=("easy", "medium", "hard"), default=["medium"])
    parser.add_argument("--seed", nargs="+", type=int, default=[7])
    parser.add_argument("--dbt-project", type=Path, default=REPOSITORY / "dbt_project")
    parser.add_argument("--keep", type=Path, help="leave the warehouse files in this folder")
    parser.add_argument("--select", default="", help="passed to dbt, to build less than everything")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for difficulty in options.difficulty:
            for seed in options.seed:
                _evaluate(options.people, difficulty, seed, options.dbt_project, folder, options.select)


def _evaluate(people: int, difficulty: str, seed: int, project: Path, folder: Path, select: str) -> None:
    made = company.build(people, difficulty, seed)
    path = folder / f"{difficulty}-{people}-{seed}.duckdb"
    warehouse.load(made, path)
    baseline = marks.pairs(made.labels, naive.clusters(made))
    labels = made.labels
    del made
    started = time.perf_counter()
    _dbt(project, path, folder / "dbt", select)
    seconds = time.perf_counter() - started
    found = marks.pairs(labels, _identities(path))
    orphaned = marks.orphans(labels, _orphans(path))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{difficulty} seed {seed}: {people} people, {len(labels)} accounts, dbt {seconds:.1f} s, {memory:.0f} MB")
    _print("naive closure", baseline)
    _print("identities", found)
    _print("orphans", orphaned)
    _mark_file(path, labels)


def _print(name: str, mark: marks.Mark) -> None:
    print(
        f"  {name:14} precision {mark.precision:.4f}  recall {mark.recall:.4f}"
        f"  (false {mark.found - mark.right}, missed {mark.true - mark.right}, true {mark.true})"
    )


def _dbt(project: Path, path: Path, target: Path, select: str) -> None:
    """Run the project's models over the warehouse at `path`; raises when a model fails."""
    environ = os.environ | {"CERTIFY_WAREHOUSE": str(path), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    command = [
        sys.executable,
        "-m",
        "dbt.cli.main",
        "--quiet",
        "run",
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
    ]
    seeds = [*command[:4], "seed", *command[5:]]
    for step in (seeds, command + (["--select", *select.split()] if select else [])):
        done = subprocess.run([*step, "--target-path", str(target)], env=environ, check=False)
        if done.returncode:
            raise SystemExit(f"dbt failed over {path}")


def _identities(path: Path) -> dict[str, str]:
    with duckdb.connect(str(path), read_only=True) as db:
        rows = db.execute(
            "select account_key, identity_id from identity.identity_accounts where identity_id is not null"
        )
        return dict(rows.fetchall())


def _orphans(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as db:
        return {key for (key,) in db.execute("select account_key from findings.orphaned_accounts").fetchall()}


def _mark_file(path: Path, labels: list[Label]) -> None:
    """Leave the answer sheet beside the verdicts, as `truth.labels`, for looking into mistakes."""
    with duckdb.connect(str(path)) as db:
        db.execute("create schema if not exists truth")
        db.execute(
            "create or replace table truth.labels (account_key varchar, directory_id varchar, kind varchar,"
            " entity varchar, in_roster boolean, orphan_reason varchar)"
        )
        rows = [(x.account_key, x.directory_id, x.kind, x.entity, x.in_roster, x.orphan_reason) for x in labels]
        columns = list(zip(*rows, strict=True))
        names = ("account_key", "directory_id", "kind", "entity", "in_roster", "orphan_reason")
        db.register("incoming", pa.table(dict(zip(names, map(list, columns), strict=True))))
        db.execute("insert into truth.labels select * from incoming")


if __name__ == "__main__":
    main()
