"""Marks the warehouse's identities and orphans against labelled companies.

python -m benchmarks.identity.evaluate --people 10000 --difficulty medium --seed 7
python -m benchmarks.identity.evaluate --people 3000 --vocabulary unseen --seed 1 2 3
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.identity import company, marks, naive, staleness, warehouse
from benchmarks.identity.truth import Label
from benchmarks.identity.unseen import company as unseen

REPOSITORY = Path(__file__).resolve().parents[2]
COMPANIES = {"known": company.build, "unseen": unseen.build}
_ACCOUNTS_OF = "select account_key, account_key from findings.{}"


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and print one block of marks for each difficulty and seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--difficulty", nargs="+", choices=("easy", "medium", "hard"), default=["medium"])
    parser.add_argument("--vocabulary", choices=sorted(COMPANIES), default="known", help="unseen: drawn for each seed")
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
                path = folder / f"{options.vocabulary}-{difficulty}-{options.people}-{seed}.duckdb"
                made = COMPANIES[options.vocabulary](options.people, difficulty, seed)
                print(f"{options.vocabulary} {difficulty} seed {seed}: {options.people} people, ", end="")
                _evaluate(made, path, options.dbt_project, options.select)


def _evaluate(made: company.Company, path: Path, project: Path, select: str) -> None:
    warehouse.load(made, path)
    labels, clouds, stale = made.labels, tuple(f"{name}:" for name in made.iam), staleness.stale_users(made)
    decidable = [label for label in labels if label.orphan_reason != "undecidable"]
    baseline = marks.pairs(decidable, naive.clusters(made))
    del made
    started = time.perf_counter()
    _dbt(project, path, path.parent / "dbt", select)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(labels)} accounts, dbt {seconds:.1f} s, {memory:.0f} MB")
    identities = _mapping(path, "select account_key, identity_id from identity.identity_accounts")
    _print("naive closure", baseline)
    _print("pairs", marks.pairs(decidable, identities))
    _print("all pairs", marks.pairs(labels, identities))
    _print("orphans", marks.orphans(labels, set(_mapping(path, _ACCOUNTS_OF.format("orphaned_accounts")))))
    said = {key for key in _mapping(path, _ACCOUNTS_OF.format("stale_accounts")) if key.startswith(clouds)}
    _print("stale users", marks.accounts(said, stale))
    kinds = _mapping(path, "select account_key, account_kind from inventory.accounts")
    for kind, mark in marks.kinds(labels, kinds).items():
        _print(f"kind {kind}", mark)
    statuses = _mapping(path, "select account_key, status from identity.identity_accounts")
    print(f"  ambiguous      {sum(status == 'ambiguous' for status in statuses.values()) / len(labels):.4f}")
    print(f"  undecidable    {len(labels) - len(decidable)} owners, {sum(not x.kind_telling for x in labels)} kinds")
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


def _mapping(path: Path, query: str) -> dict[str, str]:
    """The two columns of a query as keys and values; keys without a value are left out."""
    with duckdb.connect(str(path), read_only=True) as db:
        return {key: value for key, value in db.execute(query).fetchall() if value is not None}


def _mark_file(path: Path, labels: list[Label]) -> None:
    """Leave the answer sheet beside the verdicts, as `truth.labels`, for looking into mistakes."""
    with duckdb.connect(str(path)) as db:
        db.execute("create schema if not exists truth")
        db.execute(
            "create or replace table truth.labels (account_key varchar, directory_id varchar, kind varchar,"
            " entity varchar, in_roster boolean, orphan_reason varchar, kind_telling boolean)"
        )
        db.register("incoming", pa.Table.from_pylist([asdict(label) for label in labels]))
        db.execute("insert into truth.labels select * from incoming")


if __name__ == "__main__":
    main()
