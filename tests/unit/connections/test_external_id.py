"""External IDs: random, ours, never two alike; and whom the trust policy names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.connections import external_id
from pipeline.connections.external_id import is_ours, masked, new_external_id
from pipeline.connections.principal import parse_principal
from pipeline.problems import ConfigurationError


@pytest.mark.promise("P16")
def test_an_external_id_is_128_random_bits_in_the_alphabet_of_sts() -> None:
    made = {new_external_id() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"cc-[0-9a-f]{32}", text) for text in made)
    sts = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
    assert all(sts.fullmatch(text) for text in made)


def test_a_taken_external_id_is_never_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rolls = iter(["00" * 16, "00" * 16, "11" * 16])
    monkeypatch.setattr(external_id.secrets, "token_hex", lambda _bytes: next(rolls))
    assert new_external_id({"cc-" + "00" * 16}) == "cc-" + "11" * 16


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cc-",
        "cc-" + "0" * 31,
        "cc-" + "0" * 33,
        "CC-" + "0" * 32,
        "cc-" + "g" * 32,
        "mine",
        "cc-" + "0" * 32 + "\n",
    ],
)
def test_what_somebody_chose_is_not_ours(text: str) -> None:
    assert not is_ours(text)


@given(st.text(min_size=0, max_size=60))
def test_a_masked_external_id_cannot_be_used(text: str) -> None:
    assert masked(text) != text or text == "…"
    assert len(masked(text)) <= 8


@pytest.mark.parametrize(
    ("given", "trusted"),
    [
        ("arn:aws:iam::999988887777:role/hub", "arn:aws:iam::999988887777:role/hub"),
        ("  arn:aws:iam::999988887777:role/eng/ci/hub\n", "arn:aws:iam::999988887777:role/eng/ci/hub"),
        ("arn:aws-cn:iam::999988887777:user/robot", "arn:aws-cn:iam::999988887777:user/robot"),
        ("arn:aws-us-gov:sts::999988887777:assumed-role/hub/i-0abc", "arn:aws-us-gov:iam::999988887777:role/hub"),
    ],
)
def test_the_principal_is_the_lasting_one_behind_the_credentials(given: str, trusted: str) -> None:
    principal = parse_principal(given)
    assert (principal.arn, principal.account_id, principal.partition) == (
        trusted,
        "999988887777",
        trusted.split(":")[1],
    )


def test_a_sessions_lost_path_a_persons_role_and_a_user_are_warned_of() -> None:
    [path] = parse_principal("arn:aws:sts::999988887777:assumed-role/hub/run").warnings
    assert "path" in path
    person = parse_principal("arn:aws:sts::999988887777:assumed-role/AWSReservedSSO_Admin_1234/alice").warnings
    assert any("person" in text for text in person)
    [user] = parse_principal("arn:aws:iam::999988887777:user/robot").warnings
    assert "long-lived" in user
    assert parse_principal("arn:aws:iam::999988887777:role/hub").warnings == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("*", "wildcard"),
        ("arn:aws:iam::999988887777:role/*", "wildcard"),
        ("arn:aws:iam::999988887777:role/*/hub", "wildcard"),
        ("arn:aws:iam::999988887777:root", "everybody"),
        ("999988887777", "everybody"),
        ("arn:aws:sts::999988887777:federated-user/bob", "federated"),
        ("hub", "not an ARN"),
        ("arn:aws:iam::99998888777:role/hub", "not the ARN"),
        ("arn:aws:s3:::bucket", "not the ARN"),
        ("arn:aws:iam::999988887777:role/hub role", "not the ARN"),
    ],
)
def test_nothing_broader_than_one_role_or_user_is_trusted(text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_principal(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("x", "1 characters"), ("a" * 1225, "1225"), ("secret stuff", "character"), ("schön", "character")],
)
def test_what_sts_would_refuse_is_told_without_repeating_it(text: str, reason: str) -> None:
    fault = external_id.fault_of(text)
    assert reason in fault
    assert len(text) < 2 or text not in fault


def test_ours_are_always_acceptable_to_sts() -> None:
    assert external_id.fault_of(new_external_id()) == ""
