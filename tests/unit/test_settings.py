"""Settings: their defaults, and that a wrong one is named instead of ignored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.problems import ExitCode
from pipeline.settings import Settings, load_settings
from pipeline.strict_yaml.checking import keys
from pipeline.strict_yaml.issues import InvalidFileError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def load(home: Home, text: str, **environ: str) -> Settings:
    home.settings_file.write_text(text)
    return load_settings(home, environ)


def faults(home: Home, text: str) -> list[str]:
    with pytest.raises(InvalidFileError) as caught:
        load(home, text)
    assert caught.value.problem.exit_code == ExitCode.CONFIGURATION
    return [f"{fault.line} {fault.field}: {fault.text}" for fault in caught.value.faults]


def test_without_a_file_the_defaults_hold(home: Home) -> None:
    settings = load_settings(home, {})
    assert settings.model_dump() == {
        "stale_after_days": 90,
        "authoritative_max_age": timedelta(hours=48),
        "max_shrink": 0.2,
        "max_shrink_rows": 10,
        "keep_snapshots": 10,
        "landing": "",
        "max_connections_at_once": 16,
        "read_deadline": timedelta(minutes=30),
        "max_read_mb": 1024,
        "threads_per_connection": 8,
        "reused_report_user_limit": 0,
        "read_tags_per_user": False,
        "alert_email_to": [],
        "alert_email_from": "",
        "alert_smtp_url": "",
        "alert_smtp_user": "",
        "alert_smtp_password": None,
        "alert_smtp_password_file": None,
        "alert_webhook_url": None,
        "alert_webhook_url_file": None,
        "alert_ca_file": None,
        "assignment_confidence": 0.6,
        "assignment_odds": 3.0,
        "match_weights": {},
        "review_min_coverage": 0.95,
        "review_max_pace": 30,
        "review_uniform_items": 20,
        "review_revoke_days": 14,
        "review_remind_days": 3,
        "status_words": {},
        "attributes": {},
    }
    assert load(home, "# nothing yet\n") == settings


def test_what_is_written_replaces_the_default_and_nothing_else(home: Home) -> None:
    settings = load(
        home, "stale_after_days: 30\nauthoritative_max_age: 7d\nlanding: s3://${BUCKET}/certify/\n", BUCKET="b1c"
    )
    assert settings.stale_after_days == 30
    assert settings.authoritative_max_age == timedelta(days=7)
    assert settings.landing == "s3://b1c/certify"
    assert settings.max_shrink == 0.2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("max_shrnk: 0.1", "1 max_shrnk: is not a key of this. did you mean 'max_shrink'?"),
        ("stale_after_days: '30'", "1 stale_after_days: is text. write a whole number, without quotes"),
        ("stale_after_days: 30.5", "1 stale_after_days: is a number. write a whole number, without quotes"),
        ("stale_after_days: 0", "1 stale_after_days: is outside 1 to 10000. choose a number between them"),
        ("stale_after_days: true", "1 stale_after_days: is a truth value. write a whole number, without quotes"),
        ("read_tags_per_user: 1", "1 read_tags_per_user: is a number. write true or false, without quotes"),
        ("max_shrink: 20", "1 max_shrink: is outside 0 to 1. choose a number between them"),
        ("\nkeep_snapshots:\n", "2 keep_snapshots: is empty. give it a value, or remove the line"),
        ("read_deadline: 0s", "1 read_deadline: is not a duration. write a number and s, m, h or d"),
        ("read_deadline: 8d", "1 read_deadline: is outside 1s to 7d. choose a duration between them"),
        ("max_read_mb: 0", "1 max_read_mb: is outside 1 to 65536. choose a number between them"),
        ("authoritative_max_age: 48", "1 authoritative_max_age: is not a duration. write a number and s, m, h or d"),
        ("landing: gs://bucket", "1 landing: is no place for snapshots"),
        ("landing: 7", '1 landing: `7` is a number, not text. put it in quotes: "7"'),
        ("landing: [a]", "1 landing: is a list. write text"),
        ("- a\n", "1 : is a list. write it as lines of `key: value`"),
        ("threads_per_connection: 65", "1 threads_per_connection: is outside 1 to 64"),
        (
            "status_words: {active: [T], terminated: [Laid off, t]}",
            "1 status_words: says 't' means active and terminated. keep one",
        ),
        ("status_words: {gone: [T]}", "1 status_words.gone: is not a key of this"),
        ("reused_report_user_limit: -1", "1 reused_report_user_limit: is outside 0 to 5000"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line_and_the_way_out(home: Home, text: str, says: str) -> None:
    (fault,) = faults(home, text)
    assert fault.startswith(says)


MAIL = "alert_email_to: [ops@example.org]\nalert_email_from: a@example.org\nalert_smtp_url: smtps://mail.example.org\n"


def test_alerts_are_configured_with_secrets_from_outside(home: Home) -> None:
    settings = load(
        home,
        MAIL + "alert_smtp_user: me\nalert_smtp_password: ${P}\nalert_webhook_url: ${W}\nalert_ca_file: ca.pem\n",
        P="secret-1",
        W="https://hooks.example.org/secret-2",
    )
    assert settings.alert_smtp_password is not None
    assert settings.alert_smtp_password.get_secret_value() == "secret-1"
    assert settings.alert_ca_file == home.root / "ca.pem"
    assert "secret-" not in f"{settings!r} {settings.model_dump()}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("alert_smtp_password: hunter2", "1 alert_smtp_password: is a secret, and stands here for everybody to read"),
        ("alert_webhook_url: https://x.example/y", "1 alert_webhook_url: is a secret, and stands here for everybody"),
        ("alert_webhook_url: ${PLAIN}", "1 alert_webhook_url: is not an address that is safe to send to"),
        ("alert_webhook_url_file: ''", "1 alert_webhook_url_file: is empty. write the path of a file"),
        ("alert_email_to: ops@example.org", "1 alert_email_to: is text. write it as a list, one `- ` a line"),
        ("alert_email_to: ['a@b.c, d@e.f']", "1 alert_email_to: 'a@b.c, d@e.f' is not an e-mail address"),
        ("alert_email_to: [a@b.c, A@b.c]", "1 alert_email_to: names somebody twice"),
        ("alert_email_from: Ops <a@b.c>", "1 alert_email_from: 'Ops <a@b.c>' is not an e-mail address"),
        ("alert_smtp_url: mail.example.org", "1 alert_smtp_url: is not the URL of a mail server"),
        ("alert_email_to: [a@b.c]", "1 : alert_email_to, alert_email_from and alert_smtp_url belong together"),
        (MAIL + "alert_smtp_user: me", "1 : alert_smtp_user goes with alert_smtp_password or alert_smtp_password_file"),
        (MAIL + "alert_smtp_user: me\nalert_smtp_password: ${EMPTY}", "1 : alert_smtp_password is empty"),
        ("alert_webhook_url: ${OK}\nalert_webhook_url_file: x", "1 : has alert_webhook_url and alert_webhook_url_file"),
    ],
)
def test_alerts_that_could_not_be_sent_safely_are_refused(home: Home, text: str, says: str) -> None:
    home.settings_file.write_text(text)
    with pytest.raises(InvalidFileError) as caught:
        load_settings(home, {"PLAIN": "http://hooks.example.org/x", "EMPTY": "", "OK": "https://hooks.example.org/x"})
    assert any(f"{fault.line} {fault.field}: {fault.text}".startswith(says) for fault in caught.value.faults)
    assert "hunter2" not in str(caught.value)
    assert "hooks.example.org" not in str(caught.value)


def test_every_fault_is_told_at_once_and_in_order(home: Home) -> None:
    found = faults(home, "max_shrink: 7\nunknown: 1\nlanding: ${NOPE}\nkeep_snapshots: x\nmax_shrink: 0.1\n")
    assert [line.split(":")[0] for line in found] == [
        "1 max_shrink",
        "2 unknown",
        "3 landing",
        "4 keep_snapshots",
        "5 max_shrink",
    ]


def test_the_message_names_the_file_and_says_nothing_was_applied(home: Home) -> None:
    home.settings_file.write_text("max_shrnk: 1\n")
    with pytest.raises(InvalidFileError, match=r"settings\.yaml:1: max_shrnk: .*") as caught:
        load_settings(home, {})
    assert "nothing of the file was applied" in caught.value.problem.remedy


def test_a_file_that_cannot_be_read_is_told_like_any_other_fault(home: Home) -> None:
    home.settings_file.mkdir()
    with pytest.raises(InvalidFileError, match=r"settings\.yaml:1: is not a file"):
        load_settings(home, {})


def test_every_setting_describes_itself_and_its_default() -> None:
    described = {key.name: key for key in keys(Settings)}
    assert set(described) == set(Settings.model_fields)
    assert all(len(key.description) > 20 for key in described.values())
    assert described["authoritative_max_age"].default == "48h"
    assert described["read_tags_per_user"].type == "true | false"
    assert described["alert_email_to"].type == "list of text"


def test_weights_are_of_rules_that_exist_and_between_0_and_1(home: Home) -> None:
    assert load(home, "match_weights: {full_name: 0.6, email: 0}\n").match_weights == {"full_name": 0.6, "email": 0}
    [fault] = faults(home, "match_weights: {nickname: 0.6}\n")
    assert "names no rule: nickname" in fault
    assert "name_variant" in fault
    [fault] = faults(home, "match_weights: {email: 1.2}\n")
    assert "outside 0 to 1" in fault
    [fault] = faults(home, "assignment_odds: 0.5\n")
    assert "outside 1 to 1000" in fault


def test_attributes_take_any_name_and_only_known_meanings(home: Home) -> None:
    written = "attributes: {'=cmd|\"\\ Ответственный': owner, Created-By: creator}\n"
    assert load(home, written).attributes == {'=cmd|"\\ Ответственный': "owner", "Created-By": "creator"}
    [fault] = faults(home, "attributes: {Owner: boss}\n")
    assert "unknown meaning: boss" in fault
    [fault] = faults(home, "attributes: {Owner: owner, owner: creator}\n")
    assert "names an attribute twice" in fault
