"""Answers no AWS should give: read right, asked for again, or refused; never a wrong table."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import (
    IDENTITY,
    ago,
    complete,
    connect,
    differences,
    gaps,
    outcomes,
    read,
    rows,
)
from tests.integration.directories.aws_iam.tampering import tampered


def repeating_markers() -> Callable[[str, bytes], bytes]:
    first: list[bytes] = []

    def rewrite(action: str, body: bytes) -> bytes:
        first.extend(re.findall(rb"<Marker>[^<]*</Marker>", body) if action == "ListUsers" else [])
        return re.sub(rb"<Marker>[^<]*</Marker>", first[0], body) if first else body

    return rewrite


def repeat_first_page(action: str, body: bytes) -> bytes:
    """The first user of each page twice, as happens when a page boundary moves."""
    first = re.search(rb"<member>.*?</member>", body, re.DOTALL)
    return body.replace(first[0], first[0] * 2, 1) if action == "ListUsers" and first else body


@pytest.mark.promise("P11")
def test_a_marker_that_comes_again_makes_a_failed_attempt(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)
    aws.faults.page_size(1)
    with tampered(aws.endpoint_url, repeating_markers()) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = read(connect(aws, account))
    assert (snapshot.status, snapshot.problems[0].error_code) == ("failed", "RepeatedMarker")


def test_users_listed_twice_are_one(aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    full_account(account)
    aws.faults.page_size(2)
    with tampered(aws.endpoint_url, repeat_first_page) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = complete(read(connect(aws, account)))
    assert differences(snapshot, account) == []


@pytest.mark.promise("P11")
def test_a_list_that_aws_itself_counts_otherwise_makes_a_failed_attempt(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)
    miscount = lambda _, body: re.sub(rb"(<key>Users</key>\s*<value>)4", rb"\g<1>5", body)  # noqa: E731
    with tampered(aws.endpoint_url, miscount) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = read(connect(aws, account))
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", "listing_incomplete")
    assert "AWS counts 5 users and listed 4, twice in a row" in problem.message
    assert outcomes(snapshot)["iam:ListUsers"] == "failed"


def forgetting(names: set[str]) -> Callable[[str, bytes], bytes]:
    """A bulk answer without the users and groups of these names."""

    def rewrite(action: str, body: bytes) -> bytes:
        if action != "GetAccountAuthorizationDetails":
            return body
        root = ElementTree.fromstring(body)
        space = root.tag[: root.tag.index("}") + 1]
        for details, name in (("UserDetailList", "UserName"), ("GroupDetailList", "GroupName")):
            for parent in root.iter(f"{space}{details}"):
                for member in list(parent):
                    if member.findtext(f"{space}{name}") in names:
                        parent.remove(member)
        return bytes(ElementTree.tostring(root))

    return rewrite


ABSENT = [{"alice"}, {"Readers"}, {"alice", "Readers", "admins"}, {"dave", "nobody"}]


@pytest.mark.parametrize("names", ABSENT, ids=["one user", "one group", "most", "some users"])
def test_what_the_bulk_answer_left_out_is_asked_for(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, names: set[str]
) -> None:
    full_account(account)
    with tampered(aws.endpoint_url, forgetting(names)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = complete(read(connect(aws, account)))
    tables = IDENTITY.keys() - ({"groups"} if "nobody" in names else set())
    assert differences(snapshot, account, tables=tables) == []
    assert gaps(snapshot) == set()


@pytest.mark.promise("P11")
@pytest.mark.parametrize("seed", range(40))
def test_mangled_answers_are_read_right_or_refused(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """An element of an answer is dropped, emptied or made nonsense: the read says so, or nothing was lost."""
    full_account(account)
    draw = random.Random(seed)
    action = draw.choice(["ListUsers", "GetAccountAuthorizationDetails", "ListAccessKeys", "GetAccountSummary"])
    with tampered(aws.endpoint_url, lambda asked, body: _mangle(draw, body) if asked == action else body) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = read(connect(aws, account))
    if snapshot.status == "failed":
        assert snapshot.problems
        return
    honest = "failed" in outcomes(snapshot).values()
    ids = {user["user_id"] for user in account.truth()["users"]}
    assert honest or {one["user_id"] for one in rows(snapshot, "users")} == ids


def _mangle(draw: random.Random, body: bytes) -> bytes:
    tags = [tag for tag in set(re.findall(rb"<(\w+)>[^<]*</\1>", body)) if tag not in (b"RequestId", b"IsTruncated")]
    if not tags:
        return body
    tag = draw.choice(sorted(tags))
    instead = draw.choice([b"", b"<%s></%s>" % (tag, tag), b"<%s>x&lt;y</%s>" % (tag, tag)])
    return re.sub(rb"<%s>[^<]*</%s>" % (tag, tag), instead, body, count=draw.choice([0, 1]))


def test_groups_are_found_by_name_in_any_case(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)

    def shouted(action: str, body: bytes) -> bytes:
        bulk = action == "GetAccountAuthorizationDetails"
        return body.replace(b"<member>Readers</member>", b"<member>READERS</member>") if bulk else body

    with tampered(aws.endpoint_url, shouted) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = complete(read(connect(aws, account)))
    assert differences(snapshot, account) == []
    assert aws.log.count("iam:ListGroupsForUser") == 0


def test_a_user_made_after_the_listing_is_left_for_the_next_read(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)

    def meanwhile(action: str, body: bytes) -> bytes:
        if action == "GetAccountSummary":
            account.key(account.user("erin", created=ago(0), groups=["admins"]))
            account.attach("erin", "PowerUserAccess")
        return body

    with tampered(aws.endpoint_url, meanwhile) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = complete(read(connect(aws, account)))
    account.delete_user("erin")
    assert differences(snapshot, account, besides=[("managed_policies", "attachment_count")]) == []
    assert snapshot.vanished == 0
    assert "erin" not in {one["user_name"] for one in rows(snapshot, "users")}
