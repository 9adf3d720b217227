"""Parses the dbt project when it is missing or has changed."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from pipeline.home import private_write
from pipeline.problems import CertifyError, Problem

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MANIFEST, PARSED, FINGERPRINT = "manifest.json", "partial_parse.msgpack", "fingerprint"
WAREHOUSE_VARIABLE = "CERTIFY_WAREHOUSE"
"""The environment variable through which profiles.yml learns where the warehouse is."""

PARSE_FOLDER = ".parsed"
"""Beside dbt's own `target/`, not in it: `dbt ls` or `dbt clean` of an analytics engineer must not change what syncs
run, and dbt's cached parse names the catalog that it was made with."""

_NOT_SOURCES = frozenset({PARSE_FOLDER, "target", "logs", "dbt_packages", ".user.yml", "__pycache__"})


def manifest_of(project: Path = PROJECT) -> Path:
    """The manifest.json of the project as it is now; parses it first where needed (5 s).

    The same files always give the same answer, whatever the clock says: they are compared by content. Any number of
    processes may ask at once. Raises CertifyError when the project cannot be parsed.
    """
    target = project / PARSE_FOLDER
    wanted = fingerprint(project)
    if not _is_current(target, wanted):
        target.mkdir(exist_ok=True)
        with _alone(target):
            if not _is_current(target, wanted):
                _parse(project, target, wanted)
    return target / MANIFEST


def parsed_file(project: Path = PROJECT) -> Path:
    """Where `manifest_of` keeps dbt's own form of the parsed project."""
    return project / PARSE_FOLDER / PARSED


def fingerprint(project: Path) -> str:
    """One word for all files of the project and for the versions of what parses them."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb"):
        digest.update(f"{package} {version(package)}\n".encode())
    for file in sorted(_sources(project)):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(project)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.name in _NOT_SOURCES:
            continue
        if entry.is_dir():
            yield from _sources(Path(entry.path))
        elif not entry.name.endswith((".tmp", "~", ".swp")):
            yield Path(entry.path)


def _is_current(target: Path, wanted: str) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return (target / FINGERPRINT).read_text() == wanted and (target / MANIFEST).exists()
    return False


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Wait for whoever is parsing already; the operating system lets go for a process that dies."""
    with (target / ".parsing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _parse(project: Path, target: Path, wanted: str) -> None:
    """Parse beside, then move into place; the fingerprint goes first and comes last: it never vouches for a mixture."""
    from dbt.cli.main import dbtRunner

    for leftover in target.glob("parse-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target, prefix="parse-") as folder:
        beside = Path(folder)
        if (target / PARSED).exists():
            shutil.copy(target / PARSED, beside / PARSED)
        # Only the name counts here: tables are written as "warehouse"."schema"."table", whatever home is built later.
        with environment(WAREHOUSE_VARIABLE, str(beside / "warehouse.duckdb")):
            result = dbtRunner().invoke(command_line("parse", project, beside))
        if not result.success:
            raise CertifyError(Problem.of("project_invalid", project=project, reason=result.exception))
        (target / FINGERPRINT).unlink(missing_ok=True)
        for name in (PARSED, MANIFEST):
            (beside / name).replace(target / name)
        private_write(target / FINGERPRINT, wanted)


def command_line(command: str, project: Path, output: Path) -> list[str]:
    """A call of dbt that is quiet, writes into `output` only, and calls nobody."""
    return [
        *("--quiet", "--log-level", "none", "--log-level-file", "none", "--no-use-colors"),
        *("--no-send-anonymous-usage-stats", "--no-version-check"),
        command,
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(output), "--log-path", str(output)),
    ]


@contextlib.contextmanager
def environment(name: str, value: str) -> Iterator[None]:
    """Set a variable of this process for a while: dbt reads its profile from nowhere else."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
