"""Times in AWS' answers: read quickly, and to the instant botocore itself reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from pipeline.aws.errors import WRONG_SHAPE
from pipeline.aws.responses import MalformedResponseError
from pipeline.aws.source_session import new_session
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.records import User
from tests.integration.directories.aws_iam.reading import ago


def parse(value: object) -> datetime:
    """What the clients of a session make of a time."""
    parser = new_session().get_component("response_parser_factory").create_parser("query")
    found: datetime = parser._timestamp_parser(value)
    return found


@given(
    at=st.datetimes(datetime(2006, 1, 1), datetime(2100, 1, 1)), precision=st.sampled_from(["seconds", "milliseconds"])
)
def test_a_time_is_the_instant_botocore_reads(at: datetime, precision: str) -> None:
    written = f"{at.isoformat(timespec=precision)}Z"
    assert parse(written) == parse_timestamp(written)
    assert parse(written).utcoffset() == parse_timestamp(written).utcoffset()


@pytest.mark.parametrize(
    "written",
    ["2026-06-15T12:00:00+02:00", "Mon, 15 Jun 2026 12:00:00 GMT", "1781524800", 1781524800, "20260615T120000Z",
     "2026-06-15T12:00Z"],
)  # fmt: skip
def test_other_formats_are_read_as_botocore_reads_them(written: object) -> None:
    assert parse(written) == parse_timestamp(written)


def test_what_is_no_time_is_refused(aws: Emulator) -> None:
    for written in ("yesterdayZ", "2026-13-45T99:00:00Z", ""):
        with pytest.raises(ValueError, match="Invalid timestamp"):
            parse(written)


def test_a_client_of_ours_reads_times_with_their_zone(aws: Emulator, account: EmulatedAccount) -> None:
    account.user("alice", created=ago(3))
    keys = account.key("alice", created=ago(2))
    client = new_session().create_client("iam", aws_access_key_id=keys.access_key_id, aws_secret_access_key=keys.secret)
    account.inline_policy("alice", "read", ["iam:ListUsers"])
    assert client.list_users()["Users"][0]["CreateDate"] == ago(3).astimezone(UTC)


def test_what_is_no_time_is_an_answer_of_the_wrong_shape() -> None:
    """botocore raises a RuntimeError for it, which nobody expected: the read ended with a traceback in the log."""
    for text in ("9" * 70_000, "9" * 400, "noon"):
        with pytest.raises(WRONG_SHAPE):
            parse(text)


def test_a_user_with_a_field_given_twice_is_a_malformed_answer() -> None:
    """botocore makes a list of it, which came out as a traceback far away."""
    item = {"UserId": "AIDA1", "UserName": "a", "Arn": "arn:aws:iam::111122223333:user/a", "Path": ["/", "/"]}
    with pytest.raises(MalformedResponseError, match="Path"):
        User.from_response(item)
    assert User.from_response({**item, "Path": "/"}).path == "/"
