"""Mail over a real SMTP server: encrypted, to a server that is who it says, and with headers nobody can add to."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.alerts import mail
from pipeline.alerts.delivery import Undeliverable
from pipeline.settings import Settings
from tests.integration.alerts.examples import HOSTILE, failing, seen
from tests.integration.alerts.servers import PASSWORD, USER, Certificate, MailServer

OPS = "ops@example.org"


def settings(server: MailServer, trusted: Certificate | None, scheme: str = "smtp", **more: object) -> Settings:
    values = {
        "alert_email_to": [OPS],
        "alert_email_from": "certify@example.org",
        "alert_smtp_url": f"{scheme}://127.0.0.1:{server.port}",
        "alert_ca_file": trusted.file if trusted else None,
    }
    return Settings.model_validate({**values, **more})


def test_it_is_sent_over_tls_with_the_password_of_a_file(
    mail_server: MailServer, trusted: Certificate, tmp_path: Path
) -> None:
    mail_server.wants_login = True
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    chosen = settings(mail_server, trusted, alert_smtp_user=USER, alert_smtp_password_file=str(tmp_path / "password"))
    mail.send(failing(), OPS, chosen)
    [got] = mail_server.mails
    assert (got.encrypted, got.user, got.receivers) == (True, USER, (OPS,))
    assert got.parsed["Subject"] == "[certify] 1 check started to fail: can_read of production"
    assert got.parsed["Message-ID"] == "<certify-0123@example.org>"
    assert got.parsed["Auto-Submitted"] == "auto-generated"
    assert "can_read of production: Not authorized" in got.parsed.get_content()


def test_tls_from_the_first_byte_works_too(trusted: Certificate) -> None:
    with MailServer(certificate=trusted, implicit_tls=True) as server:
        mail.send(failing(), OPS, settings(server, trusted, "smtps"))
        assert [got.encrypted for got in server.mails] == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_cannot_be_trusted_gets_neither_mail_nor_password(trusted: Certificate, scheme: str) -> None:
    with MailServer(certificate=trusted, implicit_tls=scheme == "smtps") as server:
        chosen = settings(server, None, scheme, alert_smtp_user=USER, alert_smtp_password=SecretStr(PASSWORD))
        with pytest.raises(Undeliverable, match="certificate is not trusted"):
            mail.send(failing(), OPS, chosen)
        assert server.mails == []


def test_plain_mail_leaves_this_machine_never_but_may_stay_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer() as server:
        mail.send(failing(), OPS, settings(server, None))
        assert [got.encrypted for got in server.mails] == [False]
        monkeypatch.setattr(mail, "HERE", ())
        with pytest.raises(Undeliverable, match="offers no TLS"):
            mail.send(failing(), OPS, settings(server, None))
        assert len(server.mails) == 1


@pytest.mark.promise("P19")
def test_no_value_adds_a_header_or_a_receiver(mail_server: MailServer, trusted: Certificate) -> None:
    hostile = seen(HOSTILE, asset=HOSTILE, connection=HOSTILE, what=f"{HOSTILE}\n.\nMAIL FROM:<x>", remedy=HOSTILE)
    mail.send(failing(hostile), OPS, settings(mail_server, trusted))
    [got] = mail_server.mails
    assert got.receivers == (OPS,)
    assert set(got.parsed.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert "\x1b" not in got.parsed.get_content()


@pytest.mark.parametrize(
    ("answers", "others_too", "says"),
    [
        ({OPS: "550 nobody of this name"}, False, "550 nobody of this name"),
        ({"DATA": "554 looks like spam"}, False, "554 looks like spam"),
        ({"AUTH": "535 no"}, True, "refused alert_smtp_user and its password"),
    ],
)
def test_a_refusal_says_whether_other_mail_may_go(
    mail_server: MailServer, trusted: Certificate, answers: dict[str, str], others_too: bool, says: str
) -> None:
    mail_server.refused = answers
    chosen = settings(mail_server, trusted, alert_smtp_user=USER, alert_smtp_password=SecretStr(PASSWORD))
    with pytest.raises(Undeliverable, match=says) as refused:
        mail.send(failing(), OPS, chosen)
    assert refused.value.others_too is others_too


def test_a_server_that_is_rude_after_it_took_the_mail_has_taken_it(
    mail_server: MailServer, trusted: Certificate
) -> None:
    mail_server.refused = {"QUIT": "451 not yet"}
    mail.send(failing(), OPS, settings(mail_server, trusted))
    assert len(mail_server.mails) == 1


def test_the_password_is_in_no_message_and_in_no_log(
    mail_server: MailServer, trusted: Certificate, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    chosen = settings(mail_server, trusted, alert_smtp_user="somebody", alert_smtp_password=SecretStr(PASSWORD))
    with pytest.raises(Undeliverable) as refused:
        mail.send(failing(), OPS, chosen)  # the server repeats the password in its refusal
    said = capfd.readouterr()
    assert PASSWORD not in f"{refused.value} {caplog.text} {chosen!r} {said.out} {said.err}"


def test_an_unreadable_password_file_is_named(mail_server: MailServer, trusted: Certificate, tmp_path: Path) -> None:
    chosen = settings(mail_server, trusted, alert_smtp_user=USER, alert_smtp_password_file=str(tmp_path / "none"))
    with pytest.raises(Undeliverable, match="alert_smtp_password_file names, cannot be read"):
        mail.send(failing(), OPS, chosen)
    mail_server.stop()
    with pytest.raises(Undeliverable, match="ConnectionRefusedError"):
        mail.send(failing(), OPS, settings(mail_server, trusted))


def test_a_password_that_is_not_ascii_is_sent_as_utf8(mail_server: MailServer, trusted: Certificate) -> None:
    """smtplib raises UnicodeEncodeError for it, and the delivery was aborted."""
    mail_server.wants_login, mail_server.password = True, "pässwörd-ключ"
    chosen = settings(mail_server, trusted, alert_smtp_user=USER, alert_smtp_password=SecretStr("pässwörd-ключ"))
    mail.send(failing(), OPS, chosen)
    assert [got.user for got in mail_server.mails] == [USER]
    wrong = settings(mail_server, trusted, alert_smtp_user=USER, alert_smtp_password=SecretStr("fälsch-пароль"))
    with pytest.raises(Undeliverable, match="refused alert_smtp_user"):
        mail.send(failing(), OPS, wrong)
