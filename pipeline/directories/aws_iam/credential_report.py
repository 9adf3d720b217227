"""Requests the credential report, waits for it, and parses its rows.

Rules from "Getting credential reports for your AWS account" in the IAM user guide: AWS makes at most one report every
four hours and hands out the older one until then, so users made since are missing in it and deleted ones still there.
`N/A`, `no_information` and `not_supported` stand for "nothing"; times are ISO 8601. `LimitExceeded` and
`ReportInProgress` are ours to wait for: botocore does not.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, repeat
from typing import Literal

from pipeline.aws.calls import Calls
from pipeline.aws.errors import ReadFailedError
from pipeline.aws.responses import ApiResponse, MalformedResponseError, instant, text
from pipeline.directories.aws_iam.records import User

GENERATE, GET = "iam:GenerateCredentialReport", "iam:GetCredentialReport"
PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)
"""None at first: other work was done since the report was asked for."""
LONGEST_PAUSE = 10.0
LONGEST_WAIT, LONGEST_WAIT_FOR_MANY = 120.0, 600.0
"""The longer one where the only other way is to ask for each of many users."""
NOT_YET = {
    "ReportInProgress", "CredentialReportNotReadyException",
    "LimitExceeded", "LimitExceededException",
    "ReportNotPresent", "CredentialReportNotPresentException",
    "ReportExpired", "CredentialReportExpiredException",
}  # fmt: skip
NOTHING = {"", "n/a", "no_information", "not_supported"}


@dataclass(frozen=True)
class Slot:
    """One of the two places the report has for a user's keys; it does not say which key lies in it."""

    active: bool | None
    has_date: bool
    rotated_at: datetime | None
    use: Literal["used", "never_used", "unknown"]
    used_at: datetime | None
    service: str | None
    region: str | None


@dataclass(frozen=True)
class ReportRow:
    """One user's line; None where the report does not say."""

    arn: str
    created_at: datetime | None
    password_enabled: bool | None
    password_last_used_at: datetime | None
    password_last_changed_at: datetime | None
    mfa_active: bool | None
    slots: tuple[Slot, ...]
    has_more_keys: bool
    active_certificates: int | None = None
    """How many signing certificates are active; None where the row does not say."""

    @property
    def holds_key(self) -> bool:
        """Whether the user has any key, active or not, or the report leaves room for one."""
        return self.has_more_keys or any(slot.active is not False or slot.has_date for slot in self.slots)

    def slot_of(self, key_created_at: datetime | None) -> Slot | None:
        """The slot of the key made then; None when none or both fit (a key's last change moves the date too)."""
        fitting = [slot for slot in self.slots if slot.rotated_at and slot.rotated_at == second(key_created_at)]
        return fitting[0] if len(fitting) == 1 else None


@dataclass(frozen=True)
class Report:
    """A report as of `generated_at`. `is_fresh`: AWS began it after this read did, so nothing in it is older than the
    read."""

    generated_at: datetime
    is_fresh: bool
    root: ReportRow | None
    rows: Mapping[tuple[str, datetime | None], ReportRow] = field(default_factory=dict)

    def row_of(self, user: User) -> ReportRow | None:
        """The row of this very user: a user made anew under an old name is somebody else."""
        return self.rows.get((user.arn, second(user.created_at)))

    def __len__(self) -> int:
        return len(self.rows)


class ReportRequest:
    """Ask early with `start`, do other work, `collect` when the report is needed."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._state = ""
        self._started = False
        self._failure: ReadFailedError | None = None
        self._ended: ReadFailedError | None = None

    def start(self) -> None:
        """Ask AWS to begin; raises only when the connection is lost."""
        try:
            self._state = self._calls.one(GENERATE, lambda answer: text(answer, "State"), NOT_YET)
            self._started = self._started or self._state == "STARTED"
            self._failure = None
        except ReadFailedError as failure:
            self._state, self._failure = "", failure

    @property
    def late_gap(self) -> str:
        """The gap of whatever only the report would have told, when there is none though we may read it; empty when
        there is one, or when it was denied: then calls are the way to read this account."""
        ended = self._ended
        return ended.gap if ended is not None and ended.outcome != "denied" else ""

    def collect(self, longest_wait: float = LONGEST_WAIT) -> Report | None:
        """The report, or None when there is none to be had (`late_gap` and coverage say why); waits no longer than
        `longest_wait` seconds."""
        waited, pauses = 0.0, chain(PAUSES, repeat(LONGEST_PAUSE))
        while True:
            if self._state == "COMPLETE":
                try:
                    return self._get(is_fresh=self._started, not_yet=NOT_YET)
                except ReadFailedError as failure:
                    self._state, self._failure = "", failure
            if waited >= longest_wait or (self._failure and self._failure.code not in NOT_YET):
                return self._somebody_elses(waited)
            waited += (pause := next(pauses))
            if pause:
                self._calls.sleep(pause)
            self.start()

    def _get(self, *, is_fresh: bool, not_yet: Collection[str]) -> Report:
        return self._calls.one(GET, lambda answer: _report(answer, is_fresh=is_fresh), not_yet)

    def _somebody_elses(self, waited: float) -> Report | None:
        """We may not make a report, or AWS would not in time; one that somebody else had made may lie there."""
        late = ReadFailedError(
            GENERATE, "failed", "ReportInProgress", f"the report was not ready in {round(waited / 60)} minutes"
        )
        ended = self._ended = self._failure or late
        self._calls.recorder.record(ended.action, ended.outcome, calls=0, code=ended.code, message=ended.message)
        if ended.action == GET:
            return None
        try:
            return self._get(is_fresh=False, not_yet=NOT_YET)
        except ReadFailedError as failure:
            if failure.code in NOT_YET:  # we may read it, there is only nothing to read
                self._calls.recorder.record(GET, "ok", calls=0)
            elif failure.outcome == "denied":
                self._ended = failure
            return None


def _report(answer: ApiResponse, *, is_fresh: bool) -> Report:
    content, generated_at = answer.get("Content"), instant(answer.get("GeneratedTime"))
    if not isinstance(content, bytes) or generated_at is None:
        raise MalformedResponseError("a credential report without content or time")
    rows = parse(content)
    root = next((row for row in rows if row.arn.endswith(":root")), None)
    return Report(generated_at, is_fresh, root, {(row.arn, row.created_at): row for row in rows if row is not root})


def parse(content: bytes) -> list[ReportRow]:
    """The report's lines by the names of its columns, in whatever order and number. A line that cannot be read, or that
    another line contradicts, is left out: its user is not in the report then. MalformedAnswerError when it is no such
    report at all."""
    header, *lines = content.decode("utf-8-sig", errors="replace").splitlines() or [""]
    columns = _cells(header) or []
    if not {"arn", "user_creation_time", "password_enabled"} <= set(columns):
        raise MalformedResponseError("the credential report lacks its columns")
    rows: dict[tuple[str, datetime | None], set[ReportRow]] = {}
    for line in lines:
        cells = _cells(line)
        if cells is not None and len(cells) == len(columns) and (row := _row(dict(zip(columns, cells, strict=True)))):
            rows.setdefault((row.arn, row.created_at), set()).add(row)
    if lines and not rows:
        raise MalformedResponseError("no line of the credential report can be read")
    return [row for same in rows.values() if len(same) == 1 for row in same]


def _cells(line: str) -> list[str] | None:
    """The cells of one line, which never holds a line break; None when it is no line of CSV."""
    if "\ufffd" in line or "\0" in line:  # not UTF-8
        return None
    try:
        found = list(csv.reader([line], strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _row(line: Mapping[str, str]) -> ReportRow | None:
    value: Callable[[str], str] = lambda name: line.get(name, "").strip()  # noqa: E731
    if not value("arn").startswith("arn:"):
        return None
    has_more = value("additional_credentials_info").lower() not in NOTHING
    return ReportRow(
        arn=value("arn"),
        created_at=_time(value("user_creation_time")),
        password_enabled=_flag(value("password_enabled")),
        password_last_used_at=_time(value("password_last_used")),
        password_last_changed_at=_time(value("password_last_changed")),
        mfa_active=_flag(value("mfa_active")),
        slots=tuple(_slot(value, f"access_key_{number}_") for number in (1, 2)),
        has_more_keys=has_more,
        active_certificates=None if has_more else _certificates(value),
    )


def _certificates(value: Callable[[str], str]) -> int | None:
    are_active = [_flag(value(f"cert_{number}_active")) for number in (1, 2)]
    return None if None in are_active else are_active.count(True)


def _slot(value: Callable[[str], str], prefix: str) -> Slot:
    used_at, said = _time(value(f"{prefix}last_used_date")), value(f"{prefix}last_used_date").lower()
    return Slot(
        active=_flag(value(f"{prefix}active")),
        has_date=value(f"{prefix}last_rotated").lower() not in NOTHING,
        rotated_at=_time(value(f"{prefix}last_rotated")),
        use="used" if used_at else "never_used" if said == "n/a" else "unknown",
        used_at=used_at,
        service=_name(value(f"{prefix}last_used_service")),
        region=_name(value(f"{prefix}last_used_region")),
    )


def _flag(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value.lower())


def _name(value: str) -> str | None:
    return None if value.lower() in NOTHING else value


def _time(value: str) -> datetime | None:
    """A time, or None for nothing and for what cannot be read: then the caller asks for the fact itself."""
    try:
        return second(instant(datetime.fromisoformat(value)))
    except ValueError:
        return None


def second(at: datetime | None) -> datetime | None:
    """The whole second of `at`: the report knows seconds only; `at` is naive UTC."""
    return at.replace(microsecond=0) if at else None
