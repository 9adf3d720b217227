"""Formats an alert for people (subject, text) and for programs (JSON).

Slack's rules for `text`: "Escaping text" in its formatting reference (&, < and > as entities).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from pipeline.alerts.check_state import CheckState, CheckTransition
from pipeline.strict_yaml.issues import printable

SCHEMA_VERSION = 1
SHOWN_AT_MOST = 25
LONGEST = 1_000
LONGEST_SUBJECT = 120


class Message(BaseModel):
    """One alert; `id` is the same each time it is tried to be delivered."""

    id: str
    at: datetime
    home: str
    change: CheckTransition


def subject(message: Message) -> str:
    """One line without anything a header could be broken by."""
    change = message.change
    if change.failing:
        said = f"{_counted(change.failing)} started to fail: {_names(change.failing)}"
    elif change.healthy:
        said = f"healthy again: {_names(change.healthy)}"
    else:
        said = f"no longer watched: {_names(change.gone)}"
    return printable(f"[certify] {said}", LONGEST_SUBJECT)


def text(message: Message) -> str:
    """All of it, in lines for a person."""
    return "\n".join(_lines(message)) + "\n"


def slack_text(message: Message) -> str:
    """The same where `<!channel>` calls everybody and `<https://...|words>` is a link."""
    return text(message).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def document(message: Message) -> dict[str, Any]:
    """The same for programs; values are exact."""
    change = message.change
    return {
        "text": slack_text(message),
        "schema_version": SCHEMA_VERSION,
        "program": "certify",
        "id": message.id,
        "at": message.at.isoformat(),
        "home": message.home,
        "failing": [_fields(each) for each in change.failing],
        "healthy": [_fields(each) for each in change.healthy],
        "no_longer_watched": [_fields(each) for each in change.gone],
        "still_failing": [_fields(each) for each in change.still],
    }


def _lines(message: Message) -> Iterator[str]:
    change = message.change
    if change.failing:
        yield f"{_counted(change.failing)} started to fail:"
        yield from _listed(change.failing, with_remedy=True)
    if change.healthy:
        yield "Healthy again:"
        yield from _listed(change.healthy)
    if change.gone:
        yield "No longer watched, because the connection or the check is gone:"
        yield from _listed(change.gone)
    if change.still:
        yield "Still failing, as announced before:"
        yield from _listed(change.still)
    yield f"Home: {printable(message.home, LONGEST)}"


def _listed(sightings: Sequence[CheckState], *, with_remedy: bool = False) -> Iterator[str]:
    for each in sightings[:SHOWN_AT_MOST]:
        if not with_remedy:
            yield f"  - {_name(each)} (failing since {each.at:%Y-%m-%d %H:%M} UTC)"
            continue
        yield f"  - {_name(each)}: {printable(_one_line(each.what), LONGEST)}"
        if each.remedy:
            yield f"      fix: {printable(_one_line(each.remedy), LONGEST)}"
    if len(sightings) > SHOWN_AT_MOST:
        yield f"  ... and {len(sightings) - SHOWN_AT_MOST} more"


def _counted(sightings: Sequence[CheckState]) -> str:
    return "1 check" if len(sightings) == 1 else f"{len(sightings)} checks"


def _names(sightings: Sequence[CheckState]) -> str:
    more = f" and {len(sightings) - 3} more" if len(sightings) > 3 else ""
    return ", ".join(_name(each) for each in sightings[:3]) + more


def _name(check_state: CheckState) -> str:
    about = check_state.connection or check_state.asset
    return printable(f"{check_state.check} of {about}", 200)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fields(check_state: CheckState) -> dict[str, str]:
    return {
        "asset": check_state.asset,
        "check": check_state.check,
        "connection": check_state.connection,
        "code": check_state.code,
        "error_code": check_state.error_code,
        "what": check_state.what,
        "remedy": check_state.remedy,
        "failing_since": check_state.at.isoformat(),
    }
