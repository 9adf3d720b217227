"""Role ARNs: what is one, and what is said of what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.connections.arn import RoleArn, fault_of
from pipeline.problems import ConfigurationError


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("arn:aws:iam::111122223333:role/Reader", ("aws", "111122223333", "/", "Reader")),
        ("  arn:aws:iam::111122223333:role/Reader\n", ("aws", "111122223333", "/", "Reader")),
        ("arn:aws-cn:iam::000000000001:role/a/b/Reader", ("aws-cn", "000000000001", "/a/b/", "Reader")),
        ("arn:aws-us-gov:iam::111122223333:role/R+=,.@-_", ("aws-us-gov", "111122223333", "/", "R+=,.@-_")),
        ("arn:aws-eusc:iam::111122223333:role/R", ("aws-eusc", "111122223333", "/", "R")),
    ],
)
def test_a_role_arn_comes_apart_into_its_parts_and_back(text: str, parts: tuple[str, ...]) -> None:
    arn = RoleArn.parse(text)
    assert (arn.partition, arn.account_id, arn.path, arn.name) == parts
    assert str(arn) == text.strip()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("Reader", "is not an ARN"),
        ("arn:aws:iam::111122223333:user/alice", "is the ARN of a user"),
        ("arn:aws:iam::111122223333:group/g", "is the ARN of a group"),
        ("arn:aws:iam::111122223333:policy/p", "is the ARN of a policy"),
        ("arn:aws:iam::111122223333:root", "is the ARN of an account's root user"),
        (
            "arn:aws:sts::111122223333:assumed-role/Reader/session",
            "use the role itself: arn:aws:iam::111122223333:role/Reader",
        ),
        ("arn:aws:iam::111122223333:instance-profile/x", "is the ARN of an instance profile"),
        ("arn:aws:iam::11112222333:role/Reader", "account id of 11 characters"),
        ("arn:aws:iam::11112222333x:role/Reader", "must have 12 digits"),
        ("arn:aws:iam::\u0661\u0661\u0661\u0661\u0662\u0662\u0662\u0662\u0663\u0663\u0663\u0663:role/R", "12 digits"),
        ("arn:aws:iam:eu-west-1:111122223333:role/Reader", "two colons after iam"),
        ("arn:aws:s3:::bucket", "is not IAM's"),
        ("arn:azure:iam::111122223333:role/Reader", "unknown partition"),
        ("arn:aws:iam::111122223333:Role/Reader", "does not name a role"),
        ("arn:aws:iam::111122223333:role/", "role name that AWS does not allow"),
        ("arn:aws:iam::111122223333:role/" + "x" * 65, "1 to 64"),
        ("arn:aws:iam::111122223333:role/a b", "role name that AWS does not allow"),
        ("arn:aws:iam::111122223333:role/R\narn:aws:iam::111122223333:role/R", "role name that AWS does not allow"),
    ],
)
def test_what_is_wrong_with_an_arn_is_said_in_particular(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        RoleArn.parse(text, connection="prod")
    assert caught.value.problem.code == "invalid_role_arn"
    assert caught.value.problem.connection == "prod"
    assert caught.value.problem.message.startswith("Invalid role ARN: ")
    assert says in caught.value.problem.message
    assert says in fault_of(text)


@given(st.text() | st.from_regex(r"arn:[a-z-]{0,5}:[a-z]{0,4}::?[0-9]{0,13}:?[a-z/-]{0,12}.*"))
def test_any_text_is_either_an_arn_or_explained(text: str) -> None:
    if fault_of(text):
        with pytest.raises(ConfigurationError, match="Invalid role ARN"):
            RoleArn.parse(text)
    else:
        assert str(RoleArn.parse(text)) == text.strip()
