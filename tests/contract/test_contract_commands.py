"""Every kind: the commands that connect it, show it, test it and read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline.cli.app import main
from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.problems import ExitCode
from tests.contract.running import Running, people

pytestmark = [pytest.mark.promise("P9")]

Certify = Callable[..., tuple[int, str]]


@pytest.fixture
def certify(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Certify:
    """Run `certify` in this process: its code, and all it wrote."""
    monkeypatch.setenv("CERTIFY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, environ: Mapping[str, str]) -> tuple[int, str]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        return int(code), captured.out + captured.err

    return run


def options(running: Running) -> list[str]:
    """Its entry, as options of `certify connect`."""
    given = {key: value for key, value in running.entry().items() if key not in ("name", "kind")}
    return [part for key, value in given.items() for part in (f"--{key.replace('_', '-')}", str(value))]


@pytest.mark.needs("own command")
def test_it_is_connected_by_its_keys_and_shows_no_secret(running: Running, certify: Certify, tmp_path: Path) -> None:
    running.put(people(3))
    code, said = certify("connect", running.kind, "contract", *options(running), environ=running.environ())
    assert code == ExitCode.OK, said
    home = Home(tmp_path / "home")
    [connection] = load_connections(home, running.environ())
    assert (connection.name, connection.kind) == ("contract", running.kind)
    for command in (["connect", "list"], ["connect", "show", "contract"], ["test", "contract"], ["status"]):
        code, more = certify(*command, environ=running.environ())
        said += more
    assert not [secret for secret in running.secrets if secret in said + home.connections_file.read_text()]


@pytest.mark.needs("own command")
def test_what_cannot_be_read_is_not_saved(running: Running, certify: Certify, tmp_path: Path) -> None:
    running.put(people(3))
    entry = options(running)
    running.gone()
    if running.kind == "scim":
        entry[entry.index("--url") + 1] = "http://127.0.0.1:1/v2"
    code, said = certify("connect", running.kind, "contract", *entry, environ=running.environ())
    assert code == ExitCode.CONNECTION, said
    assert not Home(tmp_path / "home").connections_file.exists()


@pytest.mark.needs("secret")
@pytest.mark.parametrize("reveal", [[], ["--reveal"]])
def test_a_secret_given_by_a_variable_is_shown_to_nobody(
    running: Running, certify: Certify, tmp_path: Path, reveal: list[str]
) -> None:
    home = Home(tmp_path / "home")
    home.ensure()
    home.connections_file.write_text(json.dumps({"connections": [running.entry()]}))
    code, said = certify("connect", "show", "contract", *reveal, environ=running.environ())
    assert code == ExitCode.OK, said
    assert not [secret for secret in running.secrets if secret[:6] in said]


@pytest.mark.needs("secret")
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(
    running: Running, certify: Certify, tmp_path: Path
) -> None:
    [(variable, secret)] = running.environ().items()
    entry = [secret if part == f"${{{variable}}}" else part for part in options(running)]
    code, said = certify("connect", running.kind, "contract", *entry, environ={})
    assert code == ExitCode.CONFIGURATION
    assert secret not in said
    assert "is a secret" in said
    assert not Home(tmp_path / "home").connections_file.exists()
