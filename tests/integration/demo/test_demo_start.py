"""Starting the demo, coming back to it, and leaving real homes alone."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from pipeline.connections.yaml_file import load_connections
from pipeline.demo.start import attach, start
from pipeline.home import Home
from pipeline.problems import ConfigurationError
from tests.integration.demo.emulating import NOW

NAMES = ["production", "staging", "data", "sso", "ldap", "people"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_new_home_becomes_the_companys(home: Home) -> None:
    environ = {"AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": "mine", "OTHER": "kept"}
    with start(home, NOW, environ) as demo:
        assert environ["AWS_ENDPOINT_URL"] == demo.aws.endpoint_url
        assert "AWS_PROFILE" not in environ
        connections = load_connections(home, {})
        assert [connection.name for connection in connections] == NAMES
        assert [connection.name for connection in connections if connection.authoritative] == ["people"]
    assert environ == {"AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": "mine", "OTHER": "kept"}
    assert json.loads(home.demo_file.read_text())["anchor"] == NOW.isoformat()
    for path in (home.demo_file, home.connections_file, home.root / "hr.csv"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_connections_really_open_the_emulated_accounts(home: Home) -> None:
    environ: dict[str, str] = {}
    with start(home, NOW, environ):
        session = boto3.Session(
            aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
            region_name=environ["AWS_REGION"],
        )
        sts = session.client("sts", endpoint_url=environ["AWS_ENDPOINT_URL"])
        for connection in load_connections(home, {})[:4]:
            external_id = connection.external_id.get_secret_value()  # type: ignore[union-attr]
            arn = connection.role_arn  # type: ignore[union-attr]
            session_arn = sts.assume_role(RoleArn=arn, RoleSessionName="demo", ExternalId=external_id)
            assert session_arn["AssumedRoleUser"]["Arn"].endswith(f"{arn.rpartition('/')[2]}/demo")


def test_coming_back_later_finds_the_same_company(home: Home) -> None:
    with start(home, NOW) as first:
        before = first.company
    environ: dict[str, str] = {}
    with attach(home, environ) as again:
        assert again is not None
        assert environ["AWS_ENDPOINT_URL"] == again.aws.endpoint_url
        assert again.company == before
    assert environ == {}
    with start(home, NOW + timedelta(days=9)) as later:
        assert later.company == before


def test_what_the_user_changed_stays_changed(home: Home) -> None:
    with start(home, NOW):
        pass
    home.connections_file.write_text("connections: []\n")
    (home.root / "hr.csv").write_text("mine\n")
    with start(home, NOW):
        pass
    assert home.connections_file.read_text() == "connections: []\n"
    assert (home.root / "hr.csv").read_text() == "mine\n"


def test_a_start_that_was_killed_half_way_is_continued(home: Home) -> None:
    with start(home, NOW):
        pass
    home.connections_file.unlink()
    with start(home, NOW):
        assert [connection.name for connection in load_connections(home, {})] == NAMES


def test_a_home_of_real_connections_is_refused_and_left_alone(home: Home) -> None:
    home.ensure()
    home.connections_file.write_text("connections: []\n")
    with pytest.raises(ConfigurationError, match="has connections of its own"), start(home, NOW):
        pass
    assert not home.demo_file.exists()
    with attach(home, {}) as demo:
        assert demo is None


def test_an_endpoint_that_is_set_is_respected(home: Home) -> None:
    with start(home, NOW):
        pass
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    with attach(home, environ) as demo:
        assert demo is None
    assert environ == {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}


@pytest.mark.parametrize("text", ["", "[]", '{"seed": 1}', '{"seed": "x", "anchor": "2026-01-01T00:00:00+00:00"}'])
def test_a_broken_story_is_a_configuration_error(home: Home, text: str) -> None:
    home.ensure()
    home.demo_file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"demo\.json"), attach(home, {}):
        pass


def test_a_real_home_does_not_need_moto(home: Home) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.demo.start import attach; from pipeline.home import Home\n"
        f"with attach(Home(Path({str(home.root)!r})), {{}}) as demo: assert demo is None\n"
        "sys.exit(any(name.split('.')[0] == 'moto' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
