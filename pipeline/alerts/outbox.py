"""Keeps which alerts were sent and which are pending in alerts.json, so that none is lost or sent twice."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ValidationError

from pipeline.alerts import mail, webhook
from pipeline.alerts import message as words
from pipeline.alerts.check_state import CheckState, Key, compare
from pipeline.alerts.delivery import Undeliverable
from pipeline.alerts.message import Message
from pipeline.home import Home, private_write
from pipeline.problems import ConfigurationError, Problem
from pipeline.settings import Settings

LOCK = "alerts.lock"
ENOUGH_SECONDS = 30.0
"""After so long no further delivery is begun: Dagster gives a tick of a sensor one minute."""

Send = Callable[[Message], None]


class Parcel(BaseModel):
    """A message and the channels that have not got it yet."""

    message: Message
    pending: list[str]


class Standing(BaseModel):
    """All of alerts.json. `waiting_since`: from when on there has always been a run under way."""

    version: int = 1
    told: list[CheckState] = []
    outbox: list[Parcel] = []
    waiting_since: datetime | None = None


def load(home: Home) -> Standing:
    """What stands in alerts.json; nothing when there is no such file. Raises ConfigurationError when it is damaged."""
    try:
        return Standing.model_validate_json(home.alerts_file.read_bytes())
    except FileNotFoundError:
        return Standing()
    except (OSError, ValidationError) as error:
        problem = Problem.of("alerts_unreadable", file=home.alerts_file, reason=type(error).__name__)
        raise ConfigurationError(problem) from error


def save(home: Home, standing: Standing) -> None:
    """Replace alerts.json whole."""
    private_write(home.alerts_file, standing.model_dump_json(indent=1))


def note(
    home: Home,
    standing: Standing,
    seen: Iterable[CheckState],
    watched: Iterable[Key],
    *,
    settings: Settings,
    now: datetime,
    log: logging.Logger,
) -> Message | None:
    """Put what is new into the outbox and into the log, and give it back; None when nothing is new."""
    change = compare(standing.told, seen, watched)
    standing.waiting_since = None
    if not change.is_news:
        return None
    message = Message(id=f"certify-{secrets.token_hex(12)}", at=now, home=str(home.root), change=change)
    standing.told = [*change.still, *change.failing]
    standing.outbox.append(Parcel(message=message, pending=list(channels(settings))))
    log.log(logging.WARNING if change.failing else logging.INFO, words.text(message).rstrip())
    save(home, standing)
    return message


def channels(settings: Settings) -> Mapping[str, Send]:
    """The configured ways, by name: the webhook, and each address of its own, as each may fail alone."""
    ways: dict[str, Send] = {}
    if settings.alert_webhook_url is not None or settings.alert_webhook_url_file is not None:
        ways["webhook"] = lambda message: webhook.post(message, settings)
    for address in settings.alert_email_to:
        ways[f"email {address}"] = lambda message, address=address: mail.send(message, address, settings)  # type: ignore[misc]
    return ways


def deliver(home: Home, standing: Standing, *, settings: Settings, log: logging.Logger) -> int:
    """Try everything that is on its way, the oldest first; how many deliveries succeeded. What failed stays."""
    ways, closed, done = channels(settings), set[str](), 0
    until = time.monotonic() + ENOUGH_SECONDS
    for parcel in list(standing.outbox):
        for channel in list(parcel.pending):
            means = channel.partition(" ")[0]
            if means in closed or time.monotonic() > until:
                continue
            if channel not in ways:
                log.warning("an alert for %s is dropped: settings.yaml does not name it any more", channel)
            else:
                try:
                    ways[channel](parcel.message)
                except Undeliverable as error:
                    log.warning("an alert for %s was not delivered, and is tried again: %s", channel, error)
                    closed.update([means] if error.others_too else [])
                    continue
                done += 1
            parcel.pending.remove(channel)
            standing.outbox = _unfinished(standing.outbox)
            save(home, standing)
    if standing.outbox != (unfinished := _unfinished(standing.outbox)):
        standing.outbox = unfinished
        save(home, standing)
    return done


def _unfinished(parcels: Sequence[Parcel]) -> list[Parcel]:
    return [parcel for parcel in parcels if parcel.pending]
