"""The words of an alert: enough to act on, and nothing a reader's program would act on."""

from __future__ import annotations

import json

import pytest

from pipeline.alerts.check_state import CheckTransition
from pipeline.alerts.message import Message, document, slack_text, subject, text
from tests.integration.alerts.examples import AT, HOSTILE, failing, seen


def test_it_says_what_fails_why_the_fix_and_what_else_still_does() -> None:
    first = seen("can_read", code="read_denied", what="Not authorized to perform iam:ListUsers", remedy="attach it")
    change = CheckTransition(
        failing=[first], healthy=[seen("can_assume_role")], still=[seen("not_shrunk", connection="people")]
    )
    message = Message(id="i", at=AT, home="/srv/certify", change=change)
    assert subject(message) == "[certify] 1 check started to fail: can_read of production"
    assert text(message).splitlines() == [
        "1 check started to fail:",
        "  - can_read of production: Not authorized to perform iam:ListUsers",
        "      fix: attach it",
        "Healthy again:",
        "  - can_assume_role of production (failing since 2026-11-24 03:15 UTC)",
        "Still failing, as announced before:",
        "  - not_shrunk of people (failing since 2026-11-24 03:15 UTC)",
        "Home: /srv/certify",
    ]


def test_health_and_an_end_of_watching_have_subjects_of_their_own() -> None:
    healthy = Message(id="i", at=AT, home="h", change=CheckTransition(healthy=[seen("can_read")]))
    gone = Message(id="i", at=AT, home="h", change=CheckTransition(gone=[seen("can_read")]))
    assert subject(healthy) == "[certify] healthy again: can_read of production"
    assert subject(gone) == "[certify] no longer watched: can_read of production"


def test_programs_get_every_value_exactly() -> None:
    sighting = seen("can_read", code="read_denied", error_code="AccessDenied", what=HOSTILE, remedy=HOSTILE)
    found = json.loads(json.dumps(document(failing(sighting))))
    assert found["failing"] == [
        {
            "asset": "landing/aws_iam",
            "check": "can_read",
            "connection": "production",
            "code": "read_denied",
            "error_code": "AccessDenied",
            "what": HOSTILE,
            "remedy": HOSTILE,
            "failing_since": "2026-11-24T03:15:00+00:00",
        }
    ]
    assert (found["schema_version"], found["program"], found["id"]) == (1, "certify", "certify-0123")
    assert (found["healthy"], found["no_longer_watched"], found["still_failing"]) == ([], [], [])


@pytest.mark.promise("P19")
def test_hostile_values_reach_no_terminal_and_call_nobody_in_slack() -> None:
    message = failing(seen("can_read", what=HOSTILE, remedy=HOSTILE), seen(HOSTILE, asset=HOSTILE, connection=HOSTILE))
    for words in (subject(message), *text(message).splitlines()):
        assert words.isprintable()
    assert not [line for line in text(message).splitlines() if line.startswith("Bcc")]
    assert "<" not in slack_text(message)
    assert ">" not in slack_text(message)
    assert "&lt;!channel&gt;" in slack_text(message)
    assert len(subject(message)) <= 120


@pytest.mark.parametrize("count", [25, 26, 1_000])
def test_of_many_the_first_are_named_and_the_others_counted(count: int) -> None:
    message = failing(*(seen("can_read", connection=f"c{number}", what="x") for number in range(count)))
    assert text(message).count("can_read of") == 25
    assert (f"... and {count - 25} more" in text(message)) is (count > 25)
    assert len(document(message)["failing"]) == count
