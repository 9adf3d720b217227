"""`certify identity attributes`: what each attribute is taken for, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.home import Home
from tests.integration.cli.running import HOSTILE, Ran
from tests.integration.decisions.company import change, publish_company

Certify = Callable[..., Ran]
KEYS = (HOSTILE, "=cmd|' /C calc'!A0", 'quote"d\\', "Ответственный")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    publish_company(chosen)
    return chosen


def test_each_attribute_is_listed_with_why_and_its_accounts_whatever_it_is_called(certify: Certify, home: Home) -> None:
    change(
        home,
        "create table identity.attributes (directory_id varchar, source_kind varchar, attribute varchar,"
        " meaning varchar, source varchar, reason varchar, account_count bigint, deciding_account_count bigint)",
    )
    for key in KEYS:
        quoted = key.replace("'", "''")
        change(
            home,
            "insert into identity.attributes values"
            f" ('aws', 'tag', '{quoted}', 'owner', 'learned', '89 % of the values mean a person', 155, 150)",
        )
    ran = certify("identity", "attributes", "--json")
    assert ran.code == 0, ran.err
    rows = json.loads(ran.out)["attributes"]
    assert {row["attribute"] for row in rows} == set(KEYS)
    assert {(row["meaning"], row["source"], row["account_count"]) for row in rows} == {("owner", "learned", 155)}
    shown = certify("identity", "attributes")
    assert "89 % of the values mean a person" in shown.out
    assert "\x1b" not in shown.out


def test_a_file_published_by_an_earlier_version_has_none(certify: Certify, home: Home) -> None:
    assert json.loads(certify("identity", "attributes", "--json").out)["attributes"] == []
