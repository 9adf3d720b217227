"""Everything in a home is its owner's alone after every command there is, whatever the umask."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from pipeline.cli.app import app, main
from pipeline.home import Home
from pipeline.warehouse.query import query
from tests.conftest import DemoRun
from tests.promises.plugin import PromiseCount

HUB = ("--principal", "arn:aws:iam::999988887777:role/hub")
WHY = ("--reason", "because")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("test", "people"),
    ("status",),
    ("findings", "--format", "csv"),
    ("sql", "select count(*) from inventory.accounts"),
    ("dbt", "ls"),
    ("doctor",),
    ("connect", "aws", "another", *HUB),
    ("connect", "aws-org", *HUB),
    ("connect", "identity-center", "center", "--region", "eu-west-1", *HUB),
    ("connect", "list"),
    ("connect", "show", "production"),
    ("connect", "rotate-external-id", "production", *HUB),
    ("connect", "aws_iam", "third", *HUB),
    ("connect", "aws_identity_center", "center-two", "--region", "eu-west-1", *HUB),
    ("connect", "file", "more", "--path", "{home}/hr.csv"),
    ("connect", "ldap", "more-ldap", "--url", "ldap://127.0.0.1:1"),
    ("connect", "scim", "more-scim", "--url", "http://127.0.0.1:1"),
    ("connect", "remove", "staging", "--yes"),
    ("identity", "explain", "{account}"),
    ("identity", "kind", "{account}", "service", *WHY),
    ("identity", "owner", "{account}", "{person}", *WHY),
    ("identity", "link", "{other}", "{person}", *WHY),
    ("identity", "unlink", "{other}", "{person}", *WHY),
    ("identity", "undo", "unheard-of", *WHY),
    ("identity", "list"),
    ("identity", "export", "{home}/exports/decisions.csv"),
    ("identity", "import", "{home}/exports/decisions.csv"),
    ("identity", "attributes"),
    ("exception", "add", "{finding}", "--until", "2099-01-01", *WHY),
    ("exception", "list"),
    ("exception", "undo", "unheard-of", *WHY),
    ("review", "start", "q4", "--scope", "findings", "--reviewer-fallback", "{reviewer}"),
    ("review", "status", "q4"),
    ("review", "export", "q4"),
    ("review", "import", "{home}/exports/unheard-of.xlsx"),
    ("review", "decide", "q4", "unheard-of", "unsure"),
    ("review", "reassign", "unheard-of", "--to", "{reviewer}", "--note", "away"),
    ("review", "close", "unheard-of"),
    ("evidence", "export", "q4"),
    ("evidence", "verify", "{home}/exports/unheard-of.zip"),
    ("ledger", "verify"),
    ("ledger", "accept", *WHY),
)
ELSEWHERE = {("demo",), ("sync",), ("ui",), ("identity", "what-if"), ("remove-home",)}
"""The demo run below is the first, and syncs; test_ui, test_what_if and test_remove_home run the others."""
REVIEWER = """
    select email from identity.identities
    where employment_status = 'active' and email is not null order by email limit 1
"""
ENDED_AS_THEY_SHOULD = {0, 2, 4, 6}


def every_command(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, each in command.commands.items():
        yield from every_command(each, (*path, name)) if hasattr(each, "commands") else iter([(*path, name)])


def open_to_others(root: Path) -> list[str]:
    """What is not 0600, or 0700 for a folder."""
    found = [root, *root.rglob("*")]
    return [
        f"{path.relative_to(root)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in found
        if not path.is_symlink() and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]


@pytest.fixture
def words(demo_run: DemoRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A copy of the demo's home, and what the commands are about."""
    home = Home(tmp_path / "home")
    shutil.copytree(demo_run.home.root, home.root, symlinks=True)
    monkeypatch.setenv("CERTIFY_HOME", str(home.root))
    accounts = query(home, "select account_key from inventory.accounts where directory_id = 'staging' limit 2").rows
    person = query(home, "select account_key from inventory.accounts where directory_id = 'people' limit 1").rows
    finding = query(home, "select finding_id from findings.all_findings where status = 'open' limit 1").rows
    reviewer = query(home, REVIEWER).rows
    names = ("account", "other", "person", "finding", "reviewer")
    found = [*accounts, *person, *finding, *reviewer]
    return {"home": str(home.root), **dict(zip(names, (row[0] for row in found), strict=True))}


def test_every_command_is_tried_here_or_elsewhere() -> None:
    known = set(every_command(typer.main.get_command(app)))
    tried = {command[:length] for command in COMMANDS for length in (1, 2)} | ELSEWHERE
    assert known - tried == set()


@pytest.mark.promise("P22")
def test_after_every_command_the_home_is_private(words: dict[str, str], promise: PromiseCount) -> None:
    root = Path(words["home"])
    before = os.umask(0)
    try:
        for command in COMMANDS:
            code = main([word.format(**words) for word in command])
            assert code in ENDED_AS_THEY_SHOULD, command
            assert open_to_others(root) == [], command
    finally:
        os.umask(before)
    promise.count("commands", len(COMMANDS))
    promise.count("files open to others", 0)
