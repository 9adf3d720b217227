"""The rules under the emulated AWS, on random input: policy language, wildcards, conditions, paging."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.demo.emulator.conditions import UnsupportedConditionError, holds
from pipeline.demo.emulator.errors import ApiError
from pipeline.demo.emulator.paging import PageRequest
from pipeline.demo.emulator.policy import judge, statements

ACTIONS = st.sampled_from(["iam:ListUsers", "iam:GetUser", "iam:DeleteUser", "s3:GetObject"])
PATTERNS = st.sampled_from(["*", "iam:*", "iam:List*", "iam:Get????", "IAM:listusers", "s3:GetObject", "sts:*"])
STATEMENTS = st.builds(
    lambda effect, key, patterns: {"Effect": effect, key: patterns, "Resource": "*"},
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["Action", "NotAction"]),
    st.lists(PATTERNS, min_size=1, max_size=3),
)


def _matches(statement: dict[str, Any], action: str) -> bool:
    """The plain reading of a statement, by the standard library's own patterns."""
    key = "Action" if "Action" in statement else "NotAction"
    found = any(fnmatchcase(action.lower(), pattern.lower()) for pattern in statement[key])
    return found == (key == "Action")


@given(st.lists(STATEMENTS, max_size=5), ACTIONS)
def test_deny_beats_allow_and_silence_is_no(found: list[dict[str, Any]], action: str) -> None:
    effects = {statement["Effect"] for statement in found if _matches(statement, action)}
    expected = "deny" if "Deny" in effects else "allow" if "Allow" in effects else "none"
    assert judge([json.dumps({"Statement": found})], action, "arn:x", {}) == expected
    assert judge([json.dumps({"Statement": one}) for one in found], action, "arn:x", {}) == expected


@given(st.text("abAB:/*?.[]", max_size=8), st.text("abAB:/.[]", max_size=8))
def test_wildcards_are_stars_and_question_marks_and_nothing_else(pattern: str, resource: str) -> None:
    document = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": pattern}})
    wanted = fnmatchcase(resource, pattern.replace("[", "[[]"))
    assert (judge([document], "iam:GetUser", resource, {}) == "allow") == wanted


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"Statement": [{"Action": "*"}]}', '{"Statement": {"Effect": "Maybe"}}']
)
def test_what_is_no_policy_is_malformed(text: str) -> None:
    with pytest.raises(ApiError, match="MalformedPolicyDocument"):
        statements(text)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, True),
        ({"StringEquals": {"sts:ExternalId": "a"}}, True),
        ({"StringEquals": {"STS:EXTERNALID": ["b", "a"]}}, True),
        ({"StringEquals": {"sts:ExternalId": "A"}}, False),
        ({"StringEqualsIgnoreCase": {"sts:ExternalId": "A"}}, True),
        ({"StringNotEquals": {"sts:ExternalId": "a"}}, False),
        ({"StringLike": {"sts:ExternalId": "?"}}, True),
        ({"StringNotLike": {"sts:ExternalId": "b*"}}, True),
        ({"StringEquals": {"absent": "a"}}, False),
        ({"StringNotEquals": {"absent": "a"}}, True),
        ({"StringEqualsIfExists": {"absent": "a"}}, True),
        ({"Null": {"absent": "true"}}, True),
        ({"Null": {"sts:ExternalId": "true"}}, False),
        ({"Bool": {"secure": True}}, True),
        ({"ArnLike": {"who": "arn:aws:iam::*:user/x"}}, True),
        ({"StringEquals": {"sts:ExternalId": "a"}, "Bool": {"secure": "false"}}, False),
    ],
)
def test_conditions_hold_as_aws_says(conditions: dict[str, Any], expected: bool) -> None:
    context = {"sts:externalid": "a", "secure": "true", "who": "arn:aws:iam::111122223333:user/x"}
    assert holds(conditions, context) is expected


def test_a_condition_that_cannot_be_judged_never_lets_anybody_in() -> None:
    unknown = {"DateLessThan": {"aws:CurrentTime": "2999-01-01T00:00:00Z"}}
    with pytest.raises(UnsupportedConditionError):
        holds(unknown, {})
    for effect, verdict in (("Allow", "none"), ("Deny", "deny")):
        statement = {"Effect": effect, "Action": "*", "Resource": "*", "Condition": unknown}
        assert judge([json.dumps({"Statement": statement})], "iam:GetUser", "*", {}) == verdict


@given(st.sets(st.text(min_size=1, max_size=4), max_size=40), st.integers(1, 12), st.none() | st.integers(1, 5))
def test_pages_are_the_whole_listing_in_order(names: set[str], items: int, limit: int | None) -> None:
    ordered = sorted((name,) for name in names)
    params: dict[str, str] = {"MaxItems": str(items)}
    seen: list[tuple[str, ...]] = []
    while True:
        chosen, truncation = PageRequest.asked(params, "scope", limit).cut(ordered, lambda one: one)
        _check(chosen, items if limit is None else min(items, limit), truncation["IsTruncated"])
        seen.extend(chosen)
        if not truncation["IsTruncated"]:
            break
        params["Marker"] = truncation["Marker"]
    assert seen == ordered


def _check(chosen: Sequence[object], most: int, truncated: bool) -> None:
    assert len(chosen) <= most
    assert len(chosen) == most or not truncated


@given(st.text(max_size=40))
def test_a_made_up_marker_is_refused(marker: str) -> None:
    with pytest.raises(ApiError, match="Invalid Marker"):
        PageRequest.asked({"Marker": marker}, "scope")
