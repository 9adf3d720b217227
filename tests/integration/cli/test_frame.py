"""What holds for every command: the options, the endings, the streams, and how soon it answers."""

from __future__ import annotations

import contextlib
import json
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from pipeline.cli import invocation
from pipeline.cli.app import COMMANDS
from pipeline.cli.output import Output, wants_color
from pipeline.home import Home
from pipeline.problems import ExitCode, Locked, Problem
from tests.integration.cli.running import Ran, in_a_process, in_python

Certify = Callable[..., Ran]
NAMES = [each.__name__.replace("_", "-") for each in COMMANDS]


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in NAMES)])
def test_help_and_version_answer_without_loading_anything_slow(arguments: list[str]) -> None:
    slow = {"dagster", "pandas", "boto3", "botocore", "duckdb", "pyarrow", "rich", "ruamel.yaml", "moto"}
    program = (
        "import sys; from pipeline.cli.app import main; code = main(sys.argv[1:]); "
        f"print(code, sorted({slow!r} & set(sys.modules)))"
    )
    ran = in_python(program, *arguments)
    assert ran.out.splitlines()[-1] == "0 []"
    assert "Usage: " in ran.out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_shows_an_example_of_itself(certify: Certify, name: str) -> None:
    ran = certify(name, "--help")
    examples = ran.out.partition("Example")[2]
    assert f"certify {name}" in examples
    assert "--home" in ran.out
    assert "--json" in ran.out


def test_version_is_data(certify: Certify) -> None:
    assert certify("--version") == Ran(0, "certify 0.1.0\n", "")


def test_no_command_shows_the_help_as_a_usage_error(certify: Certify) -> None:
    ran = certify()
    assert (ran.code, ran.out) == (2, "")
    assert "Commands:" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sqll"], "Did you mean"),
        (["sql"], "Missing"),
        (["sql", "select 1", "--fromat", "csv"], "--format"),
        (["sql", "select 1", "--format", "xml"], "table"),
    ],
)
def test_a_command_line_that_cannot_be_read_is_exit_2_with_a_hint(
    certify: Certify, arguments: list[str], said: str
) -> None:
    ran = certify(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "--help" in ran.err


def test_a_usage_error_is_json_where_json_was_asked_for(certify: Certify) -> None:
    ran = certify("sql", "select 1", "--json", "--fromat", "csv")
    document = json.loads(ran.out)
    assert (document["exit_code"], document["problems"][0]["code"]) == (2, "usage")


def test_shared_options_count_before_and_after_the_command(certify: Certify, published: Home, tmp_path: Path) -> None:
    empty = str(tmp_path / "empty")
    query = "select count(*) as n from inventory.accounts"
    assert json.loads(certify("--json", "--home", str(published.root), "sql", query).out)["rows"] == [{"n": 2}]
    assert json.loads(certify("sql", query, "--json", "--home", str(published.root)).out)["rows"] == [{"n": 2}]
    assert certify("--home", str(published.root), "sql", query, "--home", empty).code == 2, "the later one wins"
    assert certify("--quiet", "sql", query).err == ""


def raising(error: BaseException, first: Callable[[], None]) -> Callable[..., ExitCode]:
    def broken(invocation: invocation.Invocation) -> ExitCode:
        """Fail."""
        first()
        raise error

    return broken


def interrupted() -> None:
    """Somebody presses Ctrl-C, and a library catches it."""
    with contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def ended(error: BaseException, home: Path, *, first: Callable[[], None] = lambda: None, **chosen: object) -> int:
    app = typer.Typer()
    app.command()(invocation.command(raising(error, first)))
    options = [f"--{name}" for name, given in chosen.items() if given]
    return int(app(["--home", str(home), *options], standalone_mode=False))


def test_a_failure_the_user_can_mend_prints_the_fix_and_no_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    error = Locked(Problem.of("locked", home=tmp_path, pid=42, since="2026-11-24T03:15:00", purpose="sync"))
    assert ended(error, tmp_path) == ExitCode.LOCKED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "held by pid 42 since 2026-11-24T03:15:00" in captured.err
    assert "fix: wait until it is done" in captured.err
    assert "see: docs/troubleshooting.md#locked" in captured.err


def test_an_unexpected_error_is_one_line_and_a_private_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    error = RuntimeError("odd \x1b[31m\nSessionToken=FwoGZXIvYXdzEXAMPLE")
    assert ended(error, tmp_path) == ExitCode.UNEXPECTED
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert "\x1b" not in captured.err
    [kept] = (tmp_path / "errors").iterdir()
    assert str(kept) in captured.err.replace("\n", "")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = kept.read_text()
    assert "Traceback" in text
    assert "FwoGZXIvYXdzEXAMPLE" not in text + captured.err
    assert ended(error, tmp_path, verbose=True) == ExitCode.UNEXPECTED
    assert "Traceback" in capsys.readouterr().err


def test_a_traceback_is_kept_even_where_there_is_no_home(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ended(RuntimeError("odd"), tmp_path / "nowhere") == ExitCode.UNEXPECTED
    path = Path(capsys.readouterr().err.split("the traceback in ")[1].split(" (")[0])
    assert "Traceback" in path.read_text()
    path.unlink()


def test_an_interrupt_is_exit_130(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ended(KeyboardInterrupt(), tmp_path) == ExitCode.INTERRUPTED
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_that_only_came_of_an_interrupt_is_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ended(OSError("cannot tidy up"), tmp_path, first=interrupted) == ExitCode.INTERRUPTED
    assert not (tmp_path / "errors").exists()
    assert "interrupted: " in capsys.readouterr().err


def test_a_question_that_is_not_answered_is_no_defect(tmp_path: Path) -> None:
    with pytest.raises(typer.Abort):
        ended(typer.Abort(), tmp_path)
    assert not (tmp_path / "errors").exists(), "it is no defect"


class Screen:
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "allowed", "colored"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colour_follows_the_conventions(environ: dict[str, str], allowed: bool, colored: bool) -> None:
    assert wants_color(Screen(), environ, allowed=allowed) is colored  # type: ignore[arg-type]


def test_forced_colour_reaches_a_pipe_and_nothing_else_does(published: Home) -> None:
    query = ["sql", "select 'high' as severity", "--home", str(published.root)]
    assert "\x1b[" in in_a_process(*query, environ={"FORCE_COLOR": "1"}).out
    assert "\x1b[" not in in_a_process(*query, environ={"FORCE_COLOR": "0"}).out
    assert "\x1b[" not in in_a_process(*query, "--no-color", environ={"FORCE_COLOR": "1"}).out


def test_a_table_in_a_pipe_is_never_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.cli.output import Column

    long = "x" * 500
    Output({}).table([Column("a"), Column("b")], [[long, "end"]])
    assert capsys.readouterr().out.splitlines()[1] == f"{long}  end"
