"""External IDs that wait for their role: kept privately, found again, never silently replaced."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.home import Home
from pipeline.onboarding import pending
from pipeline.onboarding.pending import NAME, Pending, made_valid
from pipeline.problems import ConfigurationError

ONE = "cc-" + "0a" * 16


def waiting(name: str = "production") -> Pending:
    return Pending(
        name=name,
        external_id=ONE,
        principal="arn:aws:iam::999988887777:role/hub",
        role_name="CertificationCenterReadOnly",
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


def test_what_waits_is_found_again_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    os.umask(0o022)
    pending.keep(home, waiting())
    pending.keep(home, waiting("audit"))
    assert pending.find(home, "production") == waiting()
    assert [each.name for each in pending.every(home)] == ["audit", "production"]
    folder = pending.folder(home)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    pending.drop(home, "production")
    pending.drop(home, "production")
    assert pending.find(home, "production") is None


def test_nothing_waits_in_an_empty_home(tmp_path: Path) -> None:
    assert pending.every(Home(tmp_path)) == []
    assert pending.find(Home(tmp_path), "production") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"name": "production"}',
        "\ufeff",
        waiting("other").model_dump_json(),
        waiting().model_dump_json()[:-1] + ', "more": 1}',
    ],
)
def test_a_damaged_file_is_named_and_not_overwritten(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path)
    pending.keep(home, waiting())
    path = pending.folder(home) / "production.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"pending/production\.json"):
        pending.find(home, "production")
    assert path.read_text() == text


def test_the_external_id_is_in_no_repr() -> None:
    assert ONE not in repr(waiting())
    assert ONE not in f"{waiting()}"


@pytest.mark.parametrize("name", ["", "Production", "1st", "-x", "a_b", "../up", "a" * 42, "a\n", "prod uction"])
def test_a_name_that_cannot_be_one_is_refused_with_a_suggestion(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        pending.find(Home(tmp_path), name)
    assert caught.value.problem.code == "invalid_connection_name"
    assert NAME.fullmatch(made_valid(name))
    assert made_valid(name) in caught.value.problem.remedy


@given(st.text(max_size=200))
def test_any_text_is_made_a_valid_name(text: str) -> None:
    assert NAME.fullmatch(made_valid(text))
