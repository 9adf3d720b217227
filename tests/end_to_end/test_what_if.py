"""`certify identity what-if`: other weights are tried on a copy, and say which accounts would be judged otherwise."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.home import Home
from tests.conftest import DemoRun
from tests.integration.cli.running import Ran, in_a_process


@pytest.fixture
def home(demo_run: DemoRun, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(demo_run.home.root, tmp_path / "home")))


def what_if(home: Home, *arguments: str) -> Ran:
    return in_a_process("identity", "what-if", *arguments, "--json", "--home", str(home.root))


def digests(home: Home) -> dict[str, str]:
    kept = (home.warehouse, home.published, home.connections_file)
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in kept}


def test_a_higher_confidence_takes_back_what_hangs_on_a_nickname_and_nothing_is_kept(home: Home) -> None:
    before, names = digests(home), sorted(entry.name for entry in home.root.iterdir())
    ran = what_if(home, "--confidence", "0.75")
    assert ran.code == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    changed = {each["before"]["account"]: each for each in document["changes"]}
    nickname = changed["bill.fitzgerald @ sso"]
    assert (nickname["before"]["person"], nickname["before"]["orphaned"]) == ("William Fitzgerald", None)
    assert (nickname["after"]["person"], nickname["after"]["status"]) == (None, "ambiguous")
    assert nickname["after"]["orphaned"] == "owner_ambiguous"
    counts = {each["what"]: (each["now"], each["then"]) for each in document["counts"]}
    assert counts["orphaned"][1] == counts["orphaned"][0] + 1
    assert digests(home) == before
    assert sorted(entry.name for entry in home.root.iterdir() if entry.name != "what-if.lock") == names


def test_the_settings_in_force_change_nothing(home: Home) -> None:
    home.settings_file.write_text("match_weights: {name_variant: 0, username_pattern: 0}\n")
    home.settings_file.chmod(0o600)
    ran = what_if(home, "--weight", "name_variant=0")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["changes"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--weight", "nickname=0.5"], "match_weights names no rule: nickname"),
        (["--weight", "email"], "--weight is RULE=WEIGHT, and this is not: email"),
        (["--weight", "email=1.5"], "outside 0 to 1"),
        (["--odds", "0"], "assignment_odds is outside 1 to 1000"),
    ],
)
def test_what_settings_would_refuse_is_refused(home: Home, arguments: list[str], said: str) -> None:
    ran = what_if(home, *arguments)
    assert ran.code == 2
    assert said in json.loads(ran.out)["problems"][0]["message"]


def test_before_the_first_sync_there_is_nothing_to_try(tmp_path: Path) -> None:
    ran = what_if(Home(tmp_path / "home"), "--confidence", "0.9")
    assert ran.code == 2
    assert json.loads(ran.out)["problems"][0]["code"] == "not_published"
