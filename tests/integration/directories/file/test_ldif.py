"""LDIF (RFC 2849): entries as they are, and nothing fetched from anywhere."""

from __future__ import annotations

import base64
import builtins
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.directories.file.rosters import Roster

COLUMNS = {
    "native_id": "entryUUID",
    "username": "uid",
    "display_name": "cn",
    "email": "mail",
    "created_at": "createTimestamp",
}
WRITTEN = """\
version: 1
# an export
dn: uid=alice,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: person
entryUUID: 1-1
UID: alice
cn:: QWxpY2Ug5p2O
mail: alice@exam
 ple.org
description: folded
  with a blank kept
# in between
createTimestamp: 20240229101112Z
userPassword:: e1NTSEF9c2VjcmV0
sn:

dn: uid=bob
entryUUID: 1-2
uid: bob
mail: bob@example.org
mail: robert@example.org
"""


def test_folded_encoded_and_repeated_values_are_read(roster: Roster) -> None:
    alice, bob = roster.rows("a.ldif", WRITTEN, columns=COLUMNS)
    assert (alice["native_id"], alice["username"], alice["display_name"]) == ("1-1", "alice", "Alice 李")
    assert (alice["email"], alice["source_row"]) == ("alice@example.org", 3)
    assert alice["created_at"] == datetime(2024, 2, 29, 10, 11, 12)
    assert alice["attributes"]["objectClass"] == ["inetOrgPerson", "person"]
    assert alice["attributes"]["description"] == "folded with a blank kept"
    assert alice["attributes"]["dn"] == "uid=alice,ou=people,dc=example,dc=org"
    assert (bob["native_id"], bob["email"]) == ("1-2", "bob@example.org")
    assert bob["attributes"]["mail"] == ["bob@example.org", "robert@example.org"]


def test_windows_line_ends_read_the_same(roster: Roster) -> None:
    assert roster.rows("a.ldif", WRITTEN.replace("\n", "\r\n"), columns=COLUMNS) == roster.rows(
        "b.ldif", WRITTEN, columns=COLUMNS
    )


@pytest.mark.parametrize("name", ["a.ldif", "a.csv"])
def test_passwords_are_never_kept(roster: Roster, name: str) -> None:
    content = WRITTEN if name == "a.ldif" else "entryUUID,uid,cn,mail,createTimestamp,User Password\n1,a,b,c,,secret\n"
    snapshot = roster.read(name, content, columns=COLUMNS)
    assert snapshot.status == "complete"
    assert "secret" not in str(snapshot.tables["accounts"].to_pylist()).lower()
    assert "password" not in str(snapshot.tables["accounts"].to_pylist()).lower()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("dn: a\njpegPhoto:< file:///etc/passwd\n", "line 2: 'jpegPhoto' refers to something outside the file"),
        ("dn: a\nuid:<http://127.0.0.1/x\n", "line 2: 'uid' refers to something outside the file"),
        ("dn: a\nchangetype: delete\n", "line 2: a change, not an entry"),
        ("uid: a\n", "line 1: an entry starts with 'uid', and must with 'dn'"),
        ("dn: a\nno colon here\n", "line 2: neither `name: value` nor a continuation"),
        ("dn: a\ncn:: !!!\n", "line 2: the value of 'cn' is not base64"),
        (" x\ndn: a\n", "line 1: a continuation of nothing"),
        ("dn: a\n" + "member: x\n" * 500_001, "line 1: an entry of more than 500,000 values"),
        ("dn: a\ncn: " + "x" * 1_100_000, "line 2: a value of more than 1,048,576 characters"),
        ("dn: a\ncn: x\n" + " y\n" * 2_000_000, "line 2: a value of more than 1,048,576 characters"),
    ],
)
def test_what_is_wrong_is_refused_with_the_line(roster: Roster, content: str, says: str) -> None:
    problem = roster.refusal("a.ldif", content, columns=COLUMNS)
    assert problem.code == "file_malformed"
    assert says in problem.message


@pytest.mark.promise("P12")
def test_nothing_but_the_file_itself_is_opened(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = roster.connection("a.ldif", "dn: a\nuid:< file:///etc/hostname\n", columns=COLUMNS)
    real, opened = builtins.open, []
    monkeypatch.setattr(builtins, "open", lambda *args, **keys: opened.append(args[0]) or real(*args, **keys))
    roster.read(connection.path.name, columns=COLUMNS)
    assert not any("hostname" in str(path) for path in opened)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
def test_any_text_survives_exactly(roster: Roster, texts: list[str]) -> None:
    encoded = [base64.b64encode(text.encode()).decode() for text in texts]
    content = "\n\n".join(f"dn: {n}\nentryUUID: {n}\ncn:: {text}" for n, text in enumerate(encoded))
    columns = {"native_id": "entryUUID", "display_name": "CN"}
    assert [row["display_name"] for row in roster.rows("a.ldif", content, columns=columns)] == texts
