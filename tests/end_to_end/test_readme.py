"""The README's way from nothing to a read account is what really happens: the same commands, the same words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.cli.running import in_a_process
from tools.generate_docs import ROOT

ACCOUNT, ROLE = "111122223333", "CertificationCenterReadOnly"
LEFT_OUT = "..."


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """One account: three people who were there on Friday, and the key of a pipeline that nobody uses any more."""
    now = datetime.now(UTC)
    old = now - timedelta(days=400)
    with Emulator() as aws:
        account = aws.account(ACCOUNT)
        for name in ("ada", "bo", "cy"):
            last = now - timedelta(days=3)
            account.user(name, created=old, password_created=old, password_last_used=last, mfa=True)
        account.key(account.user("ci-deploy", created=old), created=old, last_used=old, service="s3")
        yield aws


def transcripts() -> list[tuple[str, list[str]]]:
    """The commands of the README's chapter on connecting an account, each with the lines it shows of the output."""
    readme = (ROOT / "README.md").read_text()
    chapter = readme[readme.index("## Connect an account") :].split("\n## ")[0]
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", chapter, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line != LEFT_OUT:
                found[-1][1].append(line)
    return found


def steady(text: str, home: Path) -> list[str]:
    """The lines without what differs between two runs: the external ID, where the home is, how long it took."""
    text = text.replace(str(home), ".certify")
    text = re.sub(r"cc-[0-9a-f]{32}", "cc-ID", text)
    text = re.sub(r"\d+\.\d+ s\b|\b\d+\.\d\d$", "SECONDS", text, flags=re.MULTILINE)
    return [" ".join(line.split()) for line in text.splitlines()]


def made_by_the_administrator(account: EmulatedAccount, home: Path) -> None:
    files = home / "exports" / "connect" / "production"
    trust = json.loads((files / "trust-policy.json").read_text())
    allowed = json.loads((files / "permission-policy-recommended.json").read_text())
    account.role(ROLE, trust=trust, policy=allowed)


def test_the_three_commands_print_what_the_readme_shows(aws: Emulator, tmp_path: Path) -> None:
    shown = transcripts()[:3]
    assert [command.split()[1] for command, _ in shown] == ["connect", "connect", "sync"]
    home = tmp_path / "home"
    environ = {**aws.environment(), "CERTIFY_HOME": str(home)}
    for number, (command, lines) in enumerate(shown):
        ran = in_a_process(*command.split()[1:], environ=environ)
        assert ran.code == 0, ran.err
        said = steady(ran.err, home) + steady(ran.out, home)
        expected = steady("\n".join(lines), home)
        assert len([line for line in expected if line]) > 2
        assert [line for line in expected if line not in said] == []
        if number == 0:
            made_by_the_administrator(aws.account(ACCOUNT), home)
