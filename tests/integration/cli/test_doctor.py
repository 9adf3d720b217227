"""`certify doctor`: what is wrong is named with its fix, and no secret is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.home import Home
from pipeline.ledger.store import Ledger
from tests.integration.cli.running import Ran
from tests.unit.ledger.deciding import decision, undoing

Certify = Callable[..., Ran]

AWS = """\
connections:
  - {name: production, kind: aws_iam, role_arn: "arn:aws:iam::111122223333:role/Reader", external_id: cc-0123456789}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_EC2_METADATA_DISABLED"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    home = Home(tmp_path / "home")
    home.ensure()
    return home


def checks(certify: Certify) -> tuple[int, dict[str, dict[str, Any]]]:
    ran = certify("doctor", "--json")
    document = json.loads(ran.out)
    assert document["exit_code"] == ran.code
    return ran.code, {check["name"]: check for check in document["checks"]}


def test_an_empty_home_is_fit_to_start_with(certify: Certify, home: Home) -> None:
    code, found = checks(certify)
    assert code == 0
    assert {found[name]["result"] for name in ("file modes", "lock", "disk", "clock", "settings.yaml")} == {"ok"}
    assert found["certification.duckdb"]["detail"] == "nothing has been published yet"


@pytest.mark.promise("P22")
def test_files_others_can_read_are_a_failure_with_the_command_that_closes_them(certify: Certify, home: Home) -> None:
    (home.landing / "open.parquet").write_text("x")
    (home.landing / "open.parquet").chmod(0o644)
    code, found = checks(certify)
    assert code == 1
    assert "open.parquet" in found["file modes"]["detail"]
    subprocess.run(found["file modes"]["fix"], shell=True, check=True)
    assert checks(certify)[1]["file modes"]["result"] == "ok"


def test_a_broken_connections_file_is_named_with_line_and_field(certify: Certify, home: Home) -> None:
    home.connections_file.write_text(AWS.replace("kind: aws_iam", "kind: aws_iaam"))
    home.connections_file.chmod(0o600)
    code, found = checks(certify)
    assert code == 1
    assert "connections.yaml:2" in found["connections.yaml"]["detail"]
    assert "kind" in found["connections.yaml"]["detail"]


def test_an_account_without_credentials_to_reach_it_is_a_failure(certify: Certify, home: Home) -> None:
    assert checks(certify)[1]["AWS credentials"]["result"] == "warning"
    home.connections_file.write_text(AWS)
    home.connections_file.chmod(0o600)
    code, found = checks(certify)
    assert code == 1
    assert found["AWS credentials"]["result"] == "failed"


def test_credentials_are_told_by_their_source_and_never_shown(
    certify: Certify, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.connections_file.write_text(AWS)
    home.connections_file.chmod(0o600)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIACANARYCANARY0000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret-key")
    for arguments in (["doctor"], ["doctor", "--json"], ["doctor", "-vv"]):
        ran = certify(*arguments)
        assert ran.code == 0
        assert "by way of env" in ran.out
        assert not [word for word in ("CANARY", "canary", "cc-0123456789") if word in ran.out + ran.err]


def test_settings_are_shown_with_where_they_come_from(certify: Certify, home: Home) -> None:
    home.settings_file.write_text("stale_after_days: 45\n")
    home.settings_file.chmod(0o600)
    settings = {row["key"]: row for row in json.loads(certify("doctor", "--json").out)["settings"]}
    assert (settings["stale_after_days"]["value"], settings["stale_after_days"]["origin"]) == (45, "settings.yaml")
    assert (settings["authoritative_max_age"]["value"], settings["authoritative_max_age"]["origin"]) == (
        "48h",
        "default",
    )
    assert all(row["description"] for row in settings.values())


def test_the_owner_of_the_lock_is_named_while_it_lives(certify: Certify, home: Home) -> None:
    with home.lock("sync"):
        assert f"held by pid {os.getpid()} since" in checks(certify)[1]["lock"]["detail"]
    assert checks(certify)[1]["lock"]["detail"] == "free"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    home.lock_file.write_text(json.dumps({"pid": dead.pid, "since": "2026-11-24T03:15:00Z", "purpose": "sync"}))
    assert f"pid {dead.pid}, died" in checks(certify)[1]["lock"]["detail"]


def test_a_dagster_that_would_report_to_somebody_is_a_warning(certify: Certify, home: Home) -> None:
    file = home.dagster / "dagster.yaml"
    file.write_text("telemetry: {enabled: true}\n")
    file.chmod(0o600)
    assert checks(certify)[1]["dagster.yaml"]["result"] == "warning"
    file.write_text("telemetry: {enabled: false}\n")
    assert checks(certify)[1]["dagster.yaml"]["result"] == "ok"
    file.write_text("telemetry: [")
    assert checks(certify)[1]["dagster.yaml"]["result"] == "failed"


def test_decisions_that_cannot_be_read_are_a_failure_with_what_to_do(certify: Certify, home: Home) -> None:
    assert checks(certify)[1]["ledger.sqlite"]["detail"] == "nothing was decided yet"
    with Ledger.of(home).writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
        writer.record(decision("kind", "a:2", "human", undone=undoing()))
    told = checks(certify)[1]["ledger.sqlite"]["detail"]
    assert told.startswith("2 decisions, 1 in force; every row verified, chain ")
    home.ledger.write_bytes(b"")
    code, found = checks(certify)
    assert (code, found["ledger.sqlite"]["result"]) == (1, "failed")
    assert "certify identity import" in found["ledger.sqlite"]["fix"]
