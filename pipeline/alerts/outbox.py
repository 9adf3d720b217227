"""Keeps which alerts were sent and which are pending in alerts.json, so that none is lost or sent twice."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from pipeline.alerts import mail, webhook
from pipeline.alerts import message as words
from pipeline.alerts.check_state import CheckKey, CheckState, compare
from pipeline.alerts.delivery import Undeliverable
from pipeline.alerts.message import Message
from pipeline.home import Home, private_write
from pipeline.problems import ConfigurationError, Problem
from pipeline.settings import Settings

LOCK = "alerts.lock"
ENOUGH_SECONDS = 30.0
"""After so long no further delivery is begun: Dagster gives a tick of a sensor one minute."""

Send = Callable[[Message], None]


class PendingMessage(BaseModel):
    """A message, and the channels it still has to be delivered to."""

    message: Message
    pending: list[str]


class AlertState(BaseModel):
    """The content of alerts.json. Earlier versions wrote `announced` as `told`.

    `waiting_since`: since when runs have followed one another without a pause.
    """

    version: int = 1
    announced: list[CheckState] = Field(default=[], validation_alias=AliasChoices("announced", "told"))
    outbox: list[PendingMessage] = []
    waiting_since: datetime | None = None


def load(home: Home) -> AlertState:
    """What stands in alerts.json; nothing when there is no such file. Raises ConfigurationError when it is damaged."""
    try:
        return AlertState.model_validate_json(home.alerts_file.read_bytes())
    except FileNotFoundError:
        return AlertState()
    except (OSError, ValidationError) as error:
        problem = Problem.of("alerts_unreadable", file=home.alerts_file, reason=type(error).__name__)
        raise ConfigurationError(problem) from error


def save(home: Home, state: AlertState) -> None:
    """Replace alerts.json whole."""
    private_write(home.alerts_file, state.model_dump_json(indent=1))


def note(
    home: Home,
    state: AlertState,
    seen: Iterable[CheckState],
    watched: Iterable[CheckKey],
    *,
    settings: Settings,
    now: datetime,
    log: logging.Logger,
) -> Message | None:
    """Put what is new into the outbox and into the log, and give it back; None when nothing is new."""
    change = compare(state.announced, seen, watched)
    state.waiting_since = None
    if not change.is_news:
        return None
    message = Message(id=f"certify-{secrets.token_hex(12)}", at=now, home=str(home.root), change=change)
    state.announced = [*change.still, *change.failing]
    state.outbox.append(PendingMessage(message=message, pending=list(channels(settings))))
    log.log(logging.WARNING if change.failing else logging.INFO, words.text(message).rstrip())
    save(home, state)
    return message


def channels(settings: Settings) -> Mapping[str, Send]:
    """The configured ways, by name: the webhook, and each address of its own, as each may fail alone."""
    ways: dict[str, Send] = {}
    if settings.alert_webhook_url is not None or settings.alert_webhook_url_file is not None:
        ways["webhook"] = lambda message: webhook.post(message, settings)
    for address in settings.alert_email_to:
        ways[f"email {address}"] = lambda message, address=address: mail.send(message, address, settings)  # type: ignore[misc]
    return ways


def deliver(home: Home, state: AlertState, *, settings: Settings, log: logging.Logger) -> int:
    """Try everything that is on its way, the oldest first; how many deliveries succeeded. What failed stays."""
    ways, closed, done = channels(settings), set[str](), 0
    until = time.monotonic() + ENOUGH_SECONDS
    for pending_message in list(state.outbox):
        for channel in list(pending_message.pending):
            means = channel.partition(" ")[0]
            if means in closed or time.monotonic() > until:
                continue
            if channel not in ways:
                log.warning("an alert for %s is dropped: settings.yaml does not name it any more", channel)
            else:
                try:
                    ways[channel](pending_message.message)
                except Undeliverable as error:
                    log.warning("an alert for %s was not delivered, and is tried again: %s", channel, error)
                    closed.update([means] if error.others_too else [])
                    continue
                done += 1
            pending_message.pending.remove(channel)
            state.outbox = _unfinished(state.outbox)
            save(home, state)
    if state.outbox != (unfinished := _unfinished(state.outbox)):
        state.outbox = unfinished
        save(home, state)
    return done


def _unfinished(messages: Sequence[PendingMessage]) -> list[PendingMessage]:
    return [message for message in messages if message.pending]
