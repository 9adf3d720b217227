"""An alert is neither lost nor sent twice: servers that fail, processes that die, settings that change."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from pipeline.alerts import outbox
from pipeline.alerts.check_state import CheckState
from pipeline.home import Home
from pipeline.problems import ConfigurationError, ExitCode
from pipeline.settings import Settings
from tests.integration.alerts.examples import AT, seen
from tests.integration.alerts.servers import Certificate, MailServer, Webhook

LOG = logging.getLogger("tests.alerts")
ADDRESSES = ["ops@example.org", "boss@example.org"]


@pytest.fixture
def settings(mail_server: MailServer, webhook: Webhook, trusted: Certificate) -> Settings:
    return Settings(
        alert_email_to=ADDRESSES,
        alert_email_from="certify@example.org",
        alert_smtp_url=f"smtp://127.0.0.1:{mail_server.port}",
        alert_webhook_url=SecretStr(webhook.url),
        alert_ca_file=trusted.file,
    )


def tick(home: Home, settings: Settings, now: Sequence[CheckState]) -> int:
    """What the sensor does: everything is read from disk and written to it again."""
    state = outbox.load(home)
    outbox.note(home, state, now, [each.key for each in now], settings=settings, now=AT, log=LOG)
    return outbox.deliver(home, state, settings=settings, log=LOG)


def receivers(server: MailServer) -> list[str]:
    return sorted(receiver for mail in server.mails for receiver in mail.receivers)


def test_every_channel_gets_one_alert_and_later_ticks_say_nothing(
    home: Home, settings: Settings, mail_server: MailServer, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    assert tick(home, settings, [seen("can_read", what="denied")]) == 3
    assert [tick(home, settings, [seen("can_read", what="denied")]) for _ in range(3)] == [0, 0, 0]
    assert receivers(mail_server) == sorted(ADDRESSES)
    assert len(webhook.requests) == 1
    assert caplog.text.count("can_read of production: denied") == 1
    assert outbox.load(home).outbox == []
    assert home.alerts_file.stat().st_mode & 0o777 == 0o600
    assert tick(home, settings, [seen("can_read", "healthy")]) == 3
    assert [found["healthy"][0]["check"] for _, _, found in webhook.requests[1:]] == ["can_read"]


def test_what_failed_is_tried_again_and_what_succeeded_is_not(
    home: Home, settings: Settings, mail_server: MailServer, webhook: Webhook
) -> None:
    webhook.statuses = [500, 500]
    mail_server.refused = {"boss@example.org": "451 greylisted"}
    assert tick(home, settings, [seen("can_read")]) == 1
    assert [parcel.pending for parcel in outbox.load(home).outbox] == [["webhook", "email boss@example.org"]]
    assert tick(home, settings, [seen("can_read")]) == 0
    mail_server.refused = {}
    assert tick(home, settings, [seen("can_read")]) == 2
    assert receivers(mail_server) == sorted(ADDRESSES)
    assert len(webhook.requests) == 1


def test_alerts_pile_up_while_servers_are_down_and_arrive_in_order(
    home: Home, settings: Settings, mail_server: MailServer, webhook: Webhook
) -> None:
    mail_server.stop()
    webhook.stop()
    for state in ("failing", "healthy", "failing"):
        assert tick(home, settings, [seen("can_read", state)]) == 0  # type: ignore[arg-type]
    mail_server.start()
    webhook.start()
    assert tick(home, settings, [seen("can_read")]) == 9
    announced = [bool(found["failing"]) for _, _, found in webhook.requests]
    assert announced == [True, False, True]
    assert len({mail.parsed["Message-ID"] for mail in mail_server.mails}) == 3


def test_a_server_that_is_down_is_asked_once_a_tick(home: Home, settings: Settings, mail_server: MailServer) -> None:
    mail_server.refused = {"AUTH": "535 no"}
    settings = settings.model_copy(
        update={"alert_smtp_user": "x", "alert_smtp_password": SecretStr("yyyy"), "alert_webhook_url": None}
    )
    for number in range(4):
        tick(home, settings, [seen(f"check{each}") for each in range(number + 1)])
    assert mail_server.connections == 4


def test_one_message_a_server_will_not_take_does_not_keep_the_next_one_back(
    home: Home, settings: Settings, webhook: Webhook
) -> None:
    webhook.statuses = [400, 400]
    tick(home, settings, [seen("can_read")])
    tick(home, settings, [seen("can_read"), seen("not_shrunk")])
    assert [found["failing"][0]["check"] for _, _, found in webhook.requests] == ["not_shrunk"]
    tick(home, settings, [seen("can_read"), seen("not_shrunk")])
    assert [found["failing"][0]["check"] for _, _, found in webhook.requests] == ["not_shrunk", "can_read"]


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_process_that_dies_between_deliveries_repeats_none_of_them(
    home: Home,
    settings: Settings,
    mail_server: MailServer,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    dies_at: int,
) -> None:
    class Killed(BaseException):
        pass

    saved = 0

    def saving(place: Home, state: outbox.AlertState) -> None:
        nonlocal saved
        original(place, state)
        saved += 1
        if saved == dies_at:
            raise Killed

    original = outbox.save
    monkeypatch.setattr(outbox, "save", saving)
    with pytest.raises(Killed):
        tick(home, settings, [seen("can_read")])
    monkeypatch.setattr(outbox, "save", original)
    tick(home, settings, [seen("can_read")])
    assert (receivers(mail_server), len(webhook.requests)) == (sorted(ADDRESSES), 1)


def test_a_channel_that_is_no_longer_configured_is_dropped_in_words(
    home: Home, settings: Settings, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    webhook.statuses = [500]
    tick(home, settings, [seen("can_read")])
    assert tick(home, Settings(), [seen("can_read")]) == 0
    assert outbox.load(home).outbox == []
    assert "an alert for webhook is dropped" in caplog.text


def test_without_any_channel_the_log_has_it_and_nothing_waits(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    assert tick(home, Settings(), [seen("can_read", what="denied")]) == 0
    assert "can_read of production: denied" in caplog.text
    assert [each.check for each in outbox.load(home).announced] == ["can_read"]
    assert outbox.load(home).outbox == []


def test_what_an_earlier_version_announced_is_not_announced_again(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Its file has the list under the name `told`."""
    tick(home, Settings(), [seen("can_read", what="denied")])
    home.alerts_file.write_text(home.alerts_file.read_text().replace('"announced"', '"told"'))
    caplog.clear()
    assert tick(home, Settings(), [seen("can_read", what="denied")]) == 0
    assert "can_read of production" not in caplog.text
    assert [each.check for each in outbox.load(home).announced] == ["can_read"]


def test_a_damaged_file_is_an_error_and_not_a_fresh_start(home: Home) -> None:
    home.alerts_file.write_text('{"announced": [')
    with pytest.raises(ConfigurationError, match=r"alerts\.json cannot be read") as refused:
        tick(home, Settings(), [])
    assert refused.value.problem.exit_code is ExitCode.CONFIGURATION
    assert home.alerts_file.read_text() == '{"announced": ['
