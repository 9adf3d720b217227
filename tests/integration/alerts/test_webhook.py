"""A webhook over a real HTTPS server: exact JSON, a checked certificate, no other host, and an address nobody sees."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.alerts import webhook as way
from pipeline.alerts.delivery import Undeliverable
from pipeline.settings import Settings
from tests.integration.alerts.examples import HOSTILE, failing, seen
from tests.integration.alerts.servers import Certificate, Webhook

CANARY = "webhook-path-canary"


def settings(server: Webhook, trusted: Certificate | None) -> Settings:
    return Settings(alert_webhook_url=SecretStr(server.url), alert_ca_file=trusted.file if trusted else None)


def test_slack_and_programs_get_the_same_alert(webhook: Webhook, trusted: Certificate) -> None:
    way.post(failing(seen("can_read", what=HOSTILE)), settings(webhook, trusted))
    [(path, headers, found)] = webhook.requests
    assert path.endswith(CANARY)
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Idempotency-Key"] == found["id"] == "certify-0123"
    assert found["failing"][0]["what"] == HOSTILE
    assert found["text"].startswith("1 check started to fail:\n  - can_read of production: \\x1b[2J&lt;!channel&gt;")


def test_the_address_may_stand_in_a_file(webhook: Webhook, trusted: Certificate, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{webhook.url}\n")
    way.post(failing(), Settings(alert_webhook_url_file=str(tmp_path / "url"), alert_ca_file=trusted.file))  # type: ignore[arg-type]
    assert len(webhook.requests) == 1
    (tmp_path / "url").write_text("http://example.org/plain")
    with pytest.raises(Undeliverable, match="must begin with https") as refused:
        way.post(failing(), Settings(alert_webhook_url_file=str(tmp_path / "url")))  # type: ignore[arg-type]
    assert "example.org" not in str(refused.value)


def test_a_server_that_cannot_be_trusted_gets_nothing(webhook: Webhook) -> None:
    with pytest.raises(Undeliverable, match="certificate is not trusted"):
        way.post(failing(), settings(webhook, None))
    assert webhook.tried == 0


@pytest.mark.parametrize(
    ("status", "others_too"), [(302, True), (400, False), (403, True), (404, True), (429, True), (500, True)]
)
def test_any_answer_but_2xx_is_no_delivery_and_a_redirect_is_not_followed(
    webhook: Webhook, trusted: Certificate, status: int, others_too: bool
) -> None:
    webhook.statuses = [status]
    with pytest.raises(Undeliverable, match=f"answered {status}") as refused:
        way.post(failing(), settings(webhook, trusted))
    assert refused.value.others_too is others_too
    assert (webhook.tried, webhook.requests) == (1, [])


def test_the_address_is_in_no_message_and_no_log(
    webhook: Webhook, trusted: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chosen, said = settings(webhook, trusted), []
    way.post(failing(), chosen)
    webhook.statuses = [500]
    for stop in (lambda: None, webhook.stop):
        stop()
        with pytest.raises(Undeliverable) as refused:
            way.post(failing(), chosen)
        said.append(str(refused.value))
    assert "urllib3" in caplog.text, "its log was listened to"
    assert CANARY not in f"{said} {caplog.text} {chosen!r} {chosen.model_dump()}"
