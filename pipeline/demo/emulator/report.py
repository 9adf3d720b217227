"""The life of a credential report: requested, in progress, complete, reused, expired.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
A report is a frozen picture with the instant it was taken; moto makes a new one at every read and dates it 2015.
Belongs here: the states. What a row says is `report_rows.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pipeline.demo.emulator.errors import ApiError

REUSED_FOR = timedelta(hours=4)
Picture = Callable[[datetime], bytes]
"""Takes the report's content as of an instant."""


@dataclass
class ReportFault:
    """How a report should misbehave; the default is a well-behaved one that is complete at the second call.

    `polls`: how many calls find it in progress, None for ever. `times`: how many calls `limit_exceeded` and `expired`
    refuse, None for all. `generated_at`: a report of that instant is already there. `reuse`: how long a report is
    given out again.
    """

    state: Literal["in_progress", "limit_exceeded", "expired"] | None = None
    polls: int | None = 0
    times: int | None = None
    generated_at: datetime | None = None
    reuse: timedelta = REUSED_FOR

    def refuses(self, state: str) -> bool:
        """Whether the next call meets this refusal; counts it."""
        if self.state != state or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class CredentialReport:
    """One account's report. Not thread-safe; the account's lock guards it."""

    def __init__(self) -> None:
        self._content: bytes | None = None
        self._generated_at: datetime | None = None
        self._pending: tuple[bytes, datetime] | None = None
        self._polls_left: int | None = 0

    def freeze(self, content: bytes, generated_at: datetime) -> None:
        """Have a complete report of that instant."""
        self._content, self._generated_at, self._pending = content, generated_at, None

    def generate(self, now: datetime, picture: Picture, fault: ReportFault) -> dict[str, Any]:
        """GenerateCredentialReport."""
        if fault.refuses("limit_exceeded"):
            raise ApiError("LimitExceeded", "No more capacity to launch new report generation tasks", 409)
        self._adopt(picture, fault)
        if self._fresh(now, fault):
            return {"State": "COMPLETE"}
        if self._pending is None:
            self._pending, self._polls_left = (picture(now), now), fault.polls
            description = "No report exists. Starting a new report generation task"
            return {"State": "STARTED", "Description": description}
        if self._still_working():
            return {"State": "INPROGRESS"}
        return {"State": "COMPLETE"}

    def get(self, now: datetime, picture: Picture, fault: ReportFault) -> dict[str, Any]:
        """GetCredentialReport."""
        self._adopt(picture, fault)
        if self._pending is not None and self._still_working():
            raise ApiError("ReportInProgress", "Credential report generation is in progress", 404)
        if self._content is None:
            raise ApiError("ReportNotPresent", "No report is present; generate one with GenerateCredentialReport", 410)
        if fault.refuses("expired") or not self._fresh(now, fault):
            raise ApiError("ReportExpired", "The most recent credential report has expired", 410)
        return {"Content": self._content, "ReportFormat": "text/csv", "GeneratedTime": self._generated_at}

    def _adopt(self, picture: Picture, fault: ReportFault) -> None:
        if self._content is None and self._pending is None and fault.generated_at is not None:
            self.freeze(picture(fault.generated_at), fault.generated_at)

    def _fresh(self, now: datetime, fault: ReportFault) -> bool:
        return self._generated_at is not None and now - self._generated_at < fault.reuse

    def _still_working(self) -> bool:
        """One more look at the task in hand; completes it when its time has come."""
        if self._polls_left is None:
            return True
        if self._polls_left > 0:
            self._polls_left -= 1
            return True
        if self._pending is not None:
            self.freeze(*self._pending)
        return False
