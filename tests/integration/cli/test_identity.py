"""`certify identity` and `certify exception`: decisions are recorded with who and why, listed, undone and refused."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.home import Home
from pipeline.ledger.store import Ledger
from tests.integration.cli.running import HOSTILE, Ran
from tests.integration.decisions.company import change, publish_company

Certify = Callable[..., Ran]
WHY = ("--reason", "asked her")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    publish_company(chosen)
    return chosen


def decided(certify: Certify, *arguments: str) -> dict[str, Any]:
    ran = certify(*arguments, "--json")
    assert ran.code == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)["decision"]
    return document


def refused(certify: Certify, *arguments: str) -> dict[str, Any]:
    ran = certify(*arguments, "--json")
    assert ran.code == 2
    document = json.loads(ran.out)
    assert document["exit_code"] == 2
    problem: dict[str, Any] = document["problems"][0]
    return problem


def test_a_decision_is_recorded_with_who_when_and_why_and_says_when_it_counts(certify: Certify, home: Home) -> None:
    ran = certify("identity", "link", "legacy", "ada@example.com", *WHY, "--until", "2127-03-31")
    assert ran.code == 0
    [decision] = Ledger.of(home).read()
    assert str(decision) == "link aws:LEGACY ad:ada"
    assert (decision.reason, decision.decided_by) == ("asked her", pwd.getpwuid(os.getuid()).pw_name)
    assert decision.decided_at == decision.entered_at
    assert f"{decision.expires_at:%Y-%m-%dT%H:%M:%S%z}" == "2127-03-31T00:00:00+0000"
    for word in (
        decision.decision_id,
        "legacy @ aws (aws:LEGACY)",
        "abyron @ ad (ad:ada)",
        "in_force",
        "2127-03-31 00:00",
    ):
        assert word in ran.out
    assert "Takes effect at the next `certify" in ran.err
    assert f"identity undo {decision.decision_id} --reason TEXT" in ran.err


def test_another_who_decided_is_recorded_beside_who_typed_it(
    certify: Certify, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER", "mallory")
    monkeypatch.setenv("LOGNAME", "mallory")
    found = decided(certify, "identity", "kind", "deploy", "service", *WHY, "--by", "Eve, head of audit")
    assert found["decided_by"] == "Eve, head of audit"
    assert found["entered_by"] == pwd.getpwuid(os.getuid()).pw_name, "no variable says who somebody is"


def test_every_verb_names_its_accounts_in_json(certify: Certify, home: Home) -> None:
    verbs = {
        ("link", "legacy", "E1"): "ad:ada",
        ("unlink", "jan.nova", "jana"): "people:E3",
        ("owner", "deploy", "jan"): "people:E2",
        ("kind", "glass", "break_glass"): "break_glass",
    }
    for arguments, target in verbs.items():
        found = decided(certify, "identity", *arguments, *WHY)
        assert (found["verb"], found["target"], found["state"]) == (arguments[0], target, "in_force")
        assert (found["undone"], found["expires_at"]) == (None, None)
        assert found["decided_at"].endswith("Z")
    assert {each.account_key for each in Ledger.of(home).read()} == {"aws:LEGACY", "aws:JAN", "aws:DEPLOY", "aws:ROOTS"}


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["link", "nobody", "ada", *WHY], "unknown_account", "'nobody'"),
        (["link", "twice", "ada", *WHY], "ambiguous_account", "aws2:TWICE"),
        (["link", "legacy", "lagecy", *WHY], "unknown_account", "the closest are aws:LEGACY"),
        (["link", "legacy", "ada", "--reason", " "], "decision_unfit", "reason: is missing"),
        (["link", "legacy", "ada", *WHY, "--by", ""], "decision_unfit", "decided_by: is missing"),
        (["link", "legacy", "aws:LEGACY", *WHY], "decision_unfit", "is the account itself"),
        (["link", "legacy", "ada", *WHY, "--until", "2020-01-01"], "decision_unfit", "lies before"),
        (["link", "people:E1", "people:E2", *WHY], "decision_unfit", "the rosters say so"),
        (["kind", "legacy", "robot", *WHY], "decision_unfit", "'robot' is no kind"),
        (["undo", "d-0000000000", *WHY], "unknown_decision", "nothing was decided yet"),
    ],
)
def test_what_cannot_be_decided_is_exit_2_and_records_nothing(
    certify: Certify, home: Home, arguments: list[str], code: str, word: str
) -> None:
    problem = refused(certify, "identity", *arguments)
    assert problem["code"] == code
    assert word in problem["message"]
    assert Ledger.of(home).read() == []


@pytest.mark.parametrize("arguments", [["link", "legacy", "ada"], ["link", "legacy", "ada", *WHY, "--until", "soon"]])
def test_a_reason_is_needed_and_a_date_is_a_date(certify: Certify, home: Home, arguments: list[str]) -> None:
    assert certify("identity", *arguments).code == 2
    assert not home.ledger.exists()


def test_a_contradiction_names_every_decision_in_the_way(certify: Certify, home: Home) -> None:
    first = decided(certify, "identity", "link", "legacy", "aws:TWICE", *WHY)["decision_id"]
    second = decided(certify, "identity", "link", "aws:TWICE", "ada@example.com", *WHY)["decision_id"]
    problem = refused(certify, "identity", "link", "legacy", "people:E2", *WHY)
    assert problem["code"] == "decisions_contradict"
    assert first in problem["message"]
    assert second in problem["message"]
    assert f"certify identity undo {first}" in problem["remedy"]
    assert certify("identity", "undo", first[:6], "--reason", "it was not").code == 0
    assert decided(certify, "identity", "link", "legacy", "people:E2", *WHY)["target"] == "people:E2"


def test_undoing_keeps_the_decision_and_cannot_be_done_twice(certify: Certify, home: Home) -> None:
    made = decided(certify, "identity", "kind", "legacy", "service", *WHY)["decision_id"]
    undone = decided(certify, "identity", "undo", made, "--reason", "a mistake", "--by", "eve")
    assert (undone["state"], undone["undone"]["undone_by"], undone["undone"]["reason"]) == (
        "undone",
        "eve",
        "a mistake",
    )
    [kept] = Ledger.of(home).read()
    assert (kept.decision_id, kept.undone is not None) == (made, True)
    assert "was undone by eve on" in refused(certify, "identity", "undo", made, *WHY)["message"]
    assert refused(certify, "exception", "undo", made, *WHY)["code"] == "unknown_decision"


def test_the_list_says_what_counts_what_is_over_and_what_waits(certify: Certify, home: Home) -> None:
    ids = [
        decided(certify, "identity", "kind", name, "human", *WHY)["decision_id"]
        for name in ("legacy", "deploy", "glass")
    ]
    certify("identity", "undo", ids[1], "--reason", "a mistake")
    change(home, f"insert into identity.decisions values ('{ids[0]}', 'in_force')")
    change(home, "delete from inventory.accounts where username = 'glass'")
    rows = json.loads(certify("identity", "list", "--json").out)["decisions"]
    assert [(row["decision_id"], row["state"], row["is_applied"]) for row in rows] == [
        (ids[0], "in_force", True),
        (ids[1], "undone", True),
        (ids[2], "dangling", False),
    ]
    assert [row["account"] for row in rows] == ["legacy @ aws", "deploy @ aws", None]
    ran = certify("identity", "list", "--state", "dangling")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["decision", ids[2]]
    assert "1 decision, 1 of them not applied yet" in ran.err
    assert certify("identity", "list", "--state", "gone").code == 2


DECISIONS = """
    drop table identity.decisions;
    create table identity.decisions (
        decision_id varchar, state varchar, account_key varchar, target varchar, carried_by varchar
    );
"""


def test_a_decision_that_was_carried_is_shown_with_both_keys_and_by_what(certify: Certify, home: Home) -> None:
    owner = decided(certify, "identity", "owner", "deploy", "jan", *WHY)["decision_id"]
    made = certify("exception", "add", "f00d1234aaaa", *WHY, "--until", "2127-01-01", "--json")
    exception = json.loads(made.out)["decision"]["decision_id"]
    values = f"('{owner}', 'in_force', 'aws:DEPLOY', 'people:R7', 'employee_id')"
    values += f", ('{exception}', 'dangling', 'aws:NEW', 'f00d1234aaaa', 'email')"
    renumbered = "update inventory.accounts set account_key = 'people:R7' where account_key = 'people:E2';"
    change(home, f"{DECISIONS} insert into identity.decisions values {values}; {renumbered}")
    [row] = json.loads(certify("identity", "list", "--json").out)["decisions"]
    assert (row["state"], row["target"], row["target_name"]) == ("in_force", "people:E2", "jan @ people")
    assert row["carried"] == {"account_key": "aws:DEPLOY", "target": "people:R7", "by": "employee_id"}
    assert "jan @ people (people:R7, was people:E2)" in certify("identity", "list").out
    [row] = json.loads(certify("exception", "list", "--json").out)["decisions"]
    assert (row["state"], row["carried"]["account_key"]) == ("dangling", "aws:NEW"), "of a credential left behind"


def test_before_the_first_sync_the_list_works_and_nothing_is_dangling(certify: Certify, home: Home) -> None:
    made = decided(certify, "identity", "kind", "legacy", "human", *WHY)["decision_id"]
    home.published.unlink()
    [row] = json.loads(certify("identity", "list", "--json").out)["decisions"]
    assert (row["decision_id"], row["state"], row["account"]) == (made, "in_force", None)


def test_hostile_names_and_reasons_reach_no_terminal(certify: Certify, home: Home) -> None:
    ran = certify("identity", "kind", "aws:HOSTILE", "human", "--reason", HOSTILE, "--by", HOSTILE)
    listed, explained = certify("identity", "list"), certify("identity", "explain", "aws:HOSTILE")
    missing = certify("identity", "explain", HOSTILE + HOSTILE)
    for shown in (ran, listed, explained, missing):
        assert not {"\x1b", "\u202e"} & set(shown.out + shown.err)
    assert r"\x1b[2J[red]=cmd|'/c calc'!A1\u202e" in listed.out
    assert [each.reason for each in Ledger.of(home).read()] == [HOSTILE]


def test_a_finding_is_accepted_until_a_date_listed_and_opened_again(certify: Certify, home: Home) -> None:
    ran = certify("exception", "add", "f00d1234a", "--until", "2127-03-31", "--reason", "being replaced")
    assert ran.code == 0
    assert "ada has a stale key (f00d1234aaaa)" in ran.out
    [exception] = Ledger.of(home).read()
    assert (exception.verb, exception.account_key, exception.target) == ("except", "aws:ADA", "f00d1234aaaa")
    assert json.loads(certify("identity", "list", "--json").out)["decisions"] == []
    [row] = json.loads(certify("exception", "list", "--json").out)["decisions"]
    assert (row["target_name"], row["state"]) == ("ada has a stale key", "in_force")
    again = refused(certify, "exception", "add", "f00d1234a", "--until", "2127-03-31", *WHY)
    assert f"until 2127-03-31 00:00 UTC. In the way: {exception.decision_id}" in again["message"]
    assert certify("exception", "undo", exception.decision_id, "--reason", "done").code == 0
    assert [row["state"] for row in json.loads(certify("exception", "list", "--json").out)["decisions"]] == ["undone"]


@pytest.mark.parametrize(
    ("finding", "until", "code"),
    [
        ("abcdef", "2127-01-01", "unknown_finding"),
        ("deadbeef", "2127-01-01", "unknown_finding"),
        ("f00d1234a", "2020-01-01", "decision_unfit"),
    ],
)
def test_what_cannot_be_accepted_is_exit_2(certify: Certify, home: Home, finding: str, until: str, code: str) -> None:
    assert refused(certify, "exception", "add", finding, "--until", until, *WHY)["code"] == code
    assert certify("exception", "add", finding, *WHY).code == 2, "without an end"
    assert Ledger.of(home).read() == []


def test_a_ledger_that_cannot_be_read_is_exit_2_everywhere(certify: Certify, home: Home) -> None:
    home.ledger.write_bytes(b"")
    for arguments in (["link", "legacy", "ada", *WHY], ["list"], ["undo", "d-1", *WHY], ["explain", "ada"]):
        assert refused(certify, "identity", *arguments)["code"] == "ledger_unreadable"
    assert home.ledger.read_bytes() == b""


def test_decisions_and_open_questions_go_out_and_come_back_as_a_file(
    certify: Certify, home: Home, tmp_path: Path
) -> None:
    certify("identity", "kind", "deploy", "service", "--reason", "=1+1")
    file = tmp_path / "to-decide.csv"
    ran = certify("identity", "export", str(file), "--questions")
    assert (ran.code, ran.out) == (0, "")
    assert "1 decisions and 6 open questions" in ran.err
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text()
    assert ",'=1+1," in text
    ambiguous = next(line for line in text.splitlines() if "ambiguous" in line)
    assert ambiguous == ",,aws:JAN,,,,,,,,,,ambiguous,jan.nova @ aws,,people:E3 (Jana Nová); people:E2 (Jan Novák)"
    assert certify("identity", "export", str(file)).code == 2, "what somebody filled in is not overwritten"
    file.write_text(
        text.replace(",,aws:JAN,,", ",link,aws:JAN,people:E2,", 1).replace("people:E2,,", "people:E2,his,", 1)
    )
    document = json.loads(certify("identity", "import", str(file), "--by", "review", "--json").out)
    assert (document["unchanged"], document["empty"], document["undone"]) == (1, 5, [])
    [link] = document["recorded"]
    assert (link["verb"], link["account_key"], link["target"], link["decided_by"]) == (
        "link",
        "aws:JAN",
        "people:E2",
        "review",
    )
    again = certify("identity", "import", str(file))
    assert "0 recorded, 0 undone, 2 as before, 5 left empty" in again.err
    assert certify("identity", "export", "-").out.count("\n") == 3


def test_a_bad_line_of_a_file_is_named_and_nothing_is_taken(certify: Certify, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("verb,account_key,target,reason\nkind,deploy,service,x\nkind,nobody,human,x\n")
    ran = certify("identity", "import", str(file))
    assert ran.code == 2
    assert f"{file}:3: No such account" in ran.err
    assert not home.ledger.exists() or Ledger.of(home).read() == []


def test_an_explanation_shows_candidates_evidence_and_the_commands_that_would_change_it(
    certify: Certify, home: Home
) -> None:
    certify("identity", "unlink", "jan.nova", "ada", *WHY)
    ran = certify("identity", "explain", "jan.nova")
    assert ran.code == 0
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "account jan.nova @ aws (aws:JAN)" in lines
    assert "kind unknown (rule: none fired)" in lines
    assert "verdict ambiguous" in lines
    assert "an assignment needs confidence 0.6, odds 3 times those of the runner-up" in lines
    assert "the best candidate has 1.9 times the odds of the runner-up" in lines
    assert "Jan Novák jan@example.com people:E2 0.50 1.00 name 0.50" in lines
    assert "Jana Nová (left) people:E3 0.35 0.54 name 0.70 outside_employment x 0.50" in lines
    assert "people:E3 negative outside_employment 0.50 new left" in lines
    assert any(line.startswith("d-") and "unlink" in line for line in lines)
    assert any(line.endswith("identity link aws:JAN people:E2 --reason TEXT") for line in lines)
    document = json.loads(certify("identity", "explain", "aws:JAN", "--json").out)
    assert [(each["name"], each["confidence"]) for each in document["candidates"]] == [
        ("Jan Novák", 0.5),
        ("Jana Nová", 0.35),
    ]
    assert document["account"]["status"] == "ambiguous"
    assert document["decisions"][0]["verb"] == "unlink"
    assert document["would_change"][-1]["command"].endswith("identity kind aws:JAN service --reason TEXT")
