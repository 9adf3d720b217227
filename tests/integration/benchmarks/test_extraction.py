"""The benchmarks measure what they say: at toy size, their counts are exact."""

from __future__ import annotations

import json

import pytest

from benchmarks.extraction import accounts, cases
from benchmarks.extraction.__main__ import main
from benchmarks.results import Line, Result, as_json, table


def numbers(result: Result) -> dict[str, float]:
    return {line.name: line.value for line in result.lines}


def test_in_bulk_a_key_holder_costs_one_call_and_nobody_else_any() -> None:
    size = accounts.full(users=12, groups=3, policies=4)
    found = numbers(cases.full_account(size, naive_users=12))
    assert found["calls"] == 9 + size.key_holders == 15
    # the role, 3 listings, 6 policies in use; for each group 3; for each user 7, keys and inline policies aside
    keys, inline = 9, 2
    assert found["naive loop: calls"] == 1 + 3 + 6 + 3 * 3 + 12 * 7 + keys + inline


def test_a_loop_over_some_of_the_users_is_scaled_to_all() -> None:
    whole = numbers(cases.full_account(accounts.full(users=20, groups=0, policies=0), naive_users=20))
    scaled = numbers(cases.full_account(accounts.full(users=20, groups=0, policies=0), naive_users=10))
    assert abs(whole["naive loop: calls"] - scaled["naive loop: calls"]) <= 2


def test_the_nine_actions_cost_four_calls_a_user_and_one_a_group() -> None:
    found = numbers(cases.nine_actions(users=10, groups=4))
    assert found["calls of the nine"] == 4 * 10 + 4 + 2


def test_bare_threads_send_the_very_calls_the_reader_sent() -> None:
    found = numbers(cases.organization(count=4, users=6, latency=0.0, repeats=1, threads=2))
    assert found["calls"] == found["calls of the bare threads"] == 4 * (9 + 3)


@pytest.mark.promise("P15")
def test_throttling_costs_repeats_and_no_rows() -> None:
    found = numbers(cases.throttled(users=4, rate=0.2, per_second=40))
    assert found["when 20% of them fail"] > found["calls in bulk"] == 9 + 2
    assert found["at 40 a second"] >= found["calls with the nine actions"]
    assert found["tables that differ"] == 0


def test_what_was_found_is_told_as_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    main(["nine", "--json", "--nine-users", "2", "--nine-groups", "0"])
    (result,) = json.loads(capsys.readouterr().out)
    (line,) = [line for line in result["lines"] if line["name"] == "calls of the nine"]
    assert (line["value"], line["limit"], line["verdict"]) == (10, 10, "ok")


def test_a_number_above_its_limit_is_called_missed() -> None:
    result = Result("a title", [Line("ratio", 2.5, "x", limit=2.0), Line("calls", 1200)])
    assert "at most 2.00: MISSED" in table([result])
    assert "1,200" in table([result])
    assert json.loads(as_json([result]))[0]["lines"][0]["verdict"] == "MISSED"
