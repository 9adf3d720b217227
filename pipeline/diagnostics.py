"""The checks of `certify doctor`: is this machine, this home and this configuration fit to run?"""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Literal

from pipeline.home import Home
from pipeline.problems import CertifyError

DISTRIBUTIONS = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "boto3", "pyarrow", "pandas", "moto")
"""What a defect report needs to say; moto only where the demo is installed."""

ENOUGH, TIGHT = 2 * 1024**3, 200 * 1024**2
SKEW = timedelta(minutes=5)
"""AWS refuses signatures that are further off than this."""


@dataclass(frozen=True)
class Check:
    """One question and its answer: `warning` when it works but should not stay so, `failed` when it will not work."""

    name: str
    result: Literal["ok", "warning", "failed", "not_tried"]
    detail: str
    fix: str = ""


def versions() -> dict[str, str]:
    """Python and the libraries that matter, by name."""
    found = {"python": platform.python_version()}
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def place(home: Home, origin: str) -> Check:
    """Where the home is, who said so, and whether it is there yet."""
    if not home.root.exists():
        return Check("home", "warning", f"{home.root} ({origin}) does not exist yet", "`certify demo`, or connect one")
    what = "of the sample company" if home.demo_file.exists() else "of real connections"
    return Check("home", "ok", f"{home.root} ({origin}), {what}")


def modes(home: Home) -> Check:
    """Only this user may look into a home: folders 0700, files 0600."""
    if not home.root.exists():
        return Check("file modes", "not_tried", "there is no home yet")
    open_ones = [path for path in _entries(home.root) if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    if not open_ones:
        return Check("file modes", "ok", "nobody else can read anything in it")
    detail = f"{len(open_ones)} of its files and folders can be read by others, first {open_ones[0]}"
    return Check("file modes", "failed", detail, f"chmod -R go-rwx '{home.root}'")


def _entries(root: Path) -> Iterator[Path]:
    yield root
    for folder, folders, files in os.walk(root):
        yield from (path for name in [*folders, *files] if not (path := Path(folder, name)).is_symlink())


def lock(home: Home) -> Check:
    """Who writes to the home now, if anybody."""
    try:
        owner = json.loads(home.lock_file.read_text())
        pid = int(owner["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return Check("lock", "ok", "free")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return Check("lock", "ok", f"free (its last owner, pid {pid}, died; the next command cleans up)")
    except PermissionError:
        pass  # it lives, and is somebody else's
    return Check("lock", "ok", f"held by pid {pid} since {owner.get('since')} ({owner.get('purpose')})")


def disk(home: Home) -> Check:
    """Room for snapshots and for two copies of the published file."""
    folder = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1024**3:.1f} GB free"
    if free < TIGHT:
        return Check("disk", "failed", detail, "make room, or choose another folder with --home")
    return Check("disk", "ok" if free >= ENOUGH else "warning", detail, "" if free >= ENOUGH else "make room soon")


def clock(home: Home, now: datetime) -> Check:
    """A clock that went back makes credentials look unused for less time than they are, and AWS refuses it."""
    newest = home.published.stat().st_mtime if home.published.exists() else 0.0
    last = datetime.fromtimestamp(newest, UTC)
    if last > now + SKEW:
        return Check(
            "clock", "failed", f"it is {now:%Y-%m-%d %H:%M}, but the last sync was at {last:%Y-%m-%d %H:%M}", "set it"
        )
    return Check("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")


def connections(home: Home, environ: Mapping[str, str]) -> Check:
    """Whether connections.yaml can be used, and what is in it."""
    from pipeline.connections.yaml_file import load_connections

    try:
        found = load_connections(home, environ)
    except CertifyError as error:
        return Check("connections.yaml", "failed", error.problem.message, error.problem.remedy)
    if not found:
        return Check("connections.yaml", "warning", "no directory is connected", "`certify connect`, or `certify demo`")
    kinds = ", ".join(f"{each.name} ({each.kind})" for each in found)
    roster = any(each.authoritative for each in found)
    advice = "" if roster else "connect a roster with authoritative: true, or no owner can be told"
    return Check("connections.yaml", "ok" if roster else "warning", kinds, advice)


def settings(home: Home, environ: Mapping[str, str]) -> Check:
    """Whether settings.yaml can be used."""
    from pipeline.settings import load_settings

    try:
        changed = load_settings(home, environ).model_fields_set
    except CertifyError as error:
        return Check("settings.yaml", "failed", error.problem.message, error.problem.remedy)
    return Check(
        "settings.yaml", "ok", f"{len(changed)} settings differ from their defaults" if changed else "defaults"
    )


def dagster_yaml(home: Home) -> Check:
    """Runs are kept in the home, and nothing is reported to anybody."""
    file = home.dagster / "dagster.yaml"
    if not file.exists():
        return Check("dagster.yaml", "not_tried", "written by the first sync")
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        written = YAML(typ="safe", pure=True).load(file.read_text()) or {}
        telemetry = written["telemetry"]["enabled"]
    except (YAMLError, OSError, KeyError, TypeError) as error:
        return Check("dagster.yaml", "failed", f"{file} cannot be used: {error}", "delete it; the next sync writes it")
    if telemetry is not False:
        return Check("dagster.yaml", "warning", "telemetry is on", f"set telemetry: {{enabled: false}} in {file}")
    return Check("dagster.yaml", "ok", "telemetry off")


def published(home: Home) -> Check:
    """Whether the analysts' file can be opened, and as of when it is."""
    from pipeline.warehouse.query import is_published, query

    if not is_published(home):
        return Check("certification.duckdb", "not_tried", "nothing has been published yet")
    try:
        [(at, tables)] = query(
            home, "select max(published_at), (select count(*) from duckdb_tables()) from operations.publication"
        ).rows
    except CertifyError as error:
        return Check("certification.duckdb", "failed", error.problem.message, error.problem.remedy)
    return Check("certification.duckdb", "ok", f"{tables} tables, published {at:%Y-%m-%d %H:%M} UTC")


def ledger(home: Home, now: datetime) -> Check:
    """Whether the decisions of people are what certify wrote; without them nothing is judged."""
    from pipeline.ledger.store import Ledger
    from pipeline.ledger.verification import broken
    from pipeline.warehouse.verified_ledger import verify_ledger

    try:
        seen = verify_ledger(home) if home.root.exists() else None
        if seen is not None and seen.tamperings:
            raise broken(home.ledger, seen.tamperings)
        decisions = Ledger.of(home).read()
    except CertifyError as error:
        return Check("ledger.sqlite", "failed", error.problem.message, error.problem.remedy)
    if seen is None or not home.ledger.exists():
        return Check("ledger.sqlite", "ok", "nothing was decided yet")
    in_force = sum(decision.is_in_force(now) for decision in decisions)
    detail = f"{len(decisions)} decisions, {in_force} in force; every row verified, chain {seen.head.hash[:12]}"
    if seen.is_touched:
        fix = "see which program that is; the next decision takes the file as it is now"
        return Check("ledger.sqlite", "warning", f"{detail}; the file was written to by another program", fix)
    return Check("ledger.sqlite", "ok", detail)


def credentials(environ: Mapping[str, str], *, needed: bool) -> Check:
    """Where the connector's own AWS credentials come from, never what they are; `needed` by a connected account."""
    from botocore.exceptions import BotoCoreError

    from pipeline.aws.source_session import new_session

    endpoint = environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        return Check("AWS endpoint", "warning", f"AWS_ENDPOINT_URL sends every call to {endpoint}", "unset it for AWS")
    try:
        session = new_session()
        found = session.get_credentials()
    except BotoCoreError as error:
        return Check("AWS credentials", "failed", str(error), "fix AWS_PROFILE or ~/.aws")
    if found is None:
        fix = "give the connector an instance role, a profile (AWS_PROFILE) or environment credentials"
        return Check("AWS credentials", "failed" if needed else "warning", "none found in boto3's default chain", fix)
    profile = f", profile {session.profile}" if session.profile else ""
    return Check("AWS credentials", "ok", f"found by way of {found.method}{profile}")
