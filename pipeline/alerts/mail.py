"""Sends an alert as e-mail over SMTP (RFC 5321) with checked TLS (RFC 8314)."""

from __future__ import annotations

import base64
import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from pipeline.alerts import message as words
from pipeline.alerts.delivery import Undeliverable, secret
from pipeline.alerts.message import Message
from pipeline.redaction import REDACTOR
from pipeline.settings import Settings

SECONDS = 10.0
"""For each answer of the server."""
ACCEPTED = 235
"""RFC 4954, section 6: authentication succeeded."""
HERE = ("localhost", "127.0.0.1", "::1")


def send(message: Message, address: str, settings: Settings) -> None:
    """Hand `message` to the mail server, for one address. Raises Undeliverable."""
    mail = written(message, address, settings)
    try:
        server = _server(settings)
        try:
            if settings.alert_smtp_user:
                _log_in(server, settings.alert_smtp_user, _password(settings))
            server.send_message(mail)
        finally:
            _leave(server)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        # about this message or its receiver, not about the server: others may go
        raise Undeliverable(_said(error), others_too=False) from error
    except smtplib.SMTPAuthenticationError as error:
        raise Undeliverable(f"the mail server refused alert_smtp_user and its password ({error.smtp_code})") from error
    except ssl.SSLError as error:
        raise Undeliverable(f"the mail server's certificate is not trusted ({error.reason})") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undeliverable(_said(error)) from error


def written(message: Message, address: str, settings: Settings) -> EmailMessage:
    """The mail itself. Its id stays the same, so that a mailbox that got it twice can tell."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = settings.alert_email_from, address
    mail["Subject"] = words.subject(message)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.id}@{settings.alert_email_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's out-of-office answers it
    mail.set_content(words.text(message))
    return mail


def _server(settings: Settings) -> smtplib.SMTP:
    url = urlsplit(settings.alert_smtp_url)
    host = url.hostname or ""
    trust = ssl.create_default_context(cafile=str(settings.alert_ca_file) if settings.alert_ca_file else None)
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=SECONDS, context=trust)
    server = smtplib.SMTP(host, url.port or 587, timeout=SECONDS)
    try:
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=trust)
        elif host not in HERE:
            raise Undeliverable("the mail server offers no TLS (STARTTLS), and nothing is said without")
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """Log in; smtplib's own way takes ASCII only, AUTH PLAIN is UTF-8 (RFC 4616)."""
    if user.isascii() and password.isascii():
        server.login(user, password)
        return
    server.ehlo_or_helo_if_needed()
    words = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    REDACTOR.learn(words)
    code, answer = server.docmd("AUTH", f"PLAIN {words}")
    if code != ACCEPTED:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; how the server takes it changes nothing about what it has accepted."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _password(settings: Settings) -> str:
    return secret(settings.alert_smtp_password, settings.alert_smtp_password_file, "alert_smtp_password_file")


def _said(error: OSError | smtplib.SMTPException) -> str:
    """What came back, without what was sent."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return f"the receiver was refused ({code} {_text(text)})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
