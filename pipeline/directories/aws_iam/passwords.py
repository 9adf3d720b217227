"""Console passwords: existence, creation and last use, the same by every API route.

AWS keeps PasswordLastUsed of a password that was deleted, so a sign-in counts for the present password only when that
was there already. GetLoginProfile gives when a password was made, never when it was changed; the report gives when it
was last changed, never when it was made. So the report settles a password alone when a sign-in is not older than the
last change, and when a password that was never used was set together with its user. For every other password it cannot
tell a deleted predecessor from a changed password (a reset, or the change AWS asks for at the first sign-in):
GetLoginProfile is asked, and where it does not answer the use is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.aws.calls import Calls
from pipeline.aws.errors import NoSuchEntityError, ReadFailedError
from pipeline.aws.responses import ApiResponse, MalformedResponseError, instant
from pipeline.directories.aws_iam.credential_report import ReportRow, second
from pipeline.directories.aws_iam.credential_sources import CredentialSources
from pipeline.directories.aws_iam.facts import Credentials, LoginProfile
from pipeline.directories.aws_iam.records import User

LOGIN = "iam:GetLoginProfile"
NOT_ASKED = f"{LOGIN} not_tried"


@dataclass(frozen=True)
class _Profile:
    exists: bool
    created_at: datetime | None = None

    @classmethod
    def from_response(cls, answer: ApiResponse) -> _Profile:
        profile = answer.get("LoginProfile")
        if not isinstance(profile, Mapping):
            raise MalformedResponseError("no LoginProfile in the answer")
        created_at = instant(profile.get("CreateDate"))
        if created_at is None:
            raise MalformedResponseError("no CreateDate in the LoginProfile")
        return cls(True, created_at)


def read_logins(calls: Calls, users: Iterable[User], witnesses: CredentialSources, credentials: Credentials) -> None:
    """Whether each user has a password and what its use was; users that vanished are noted in `credentials.gone`."""
    ask = []
    for user in users:
        row = witnesses.trusted_row_of(user)
        if row and _is_settled_by_report(user, row):
            credentials.logins[user.user_id] = _reported(user, row, witnesses, NOT_ASKED)
        else:
            ask.append(user)
    found = calls.each(LOGIN, ask, lambda user: _login_profile(calls, user))
    credentials.gone |= {user.user_id for user in found.gone}
    for user, profile in found.known.items():
        credentials.logins[user.user_id] = _asked(user, profile, witnesses)
    for user, gap in found.gaps.items():
        row = witnesses.row_of(user)
        credentials.logins[user.user_id] = _reported(user, row, witnesses, gap) if row else LoginProfile(None, gap=gap)


def _is_settled_by_report(user: User, row: ReportRow) -> bool:
    """Whether the report leaves nothing open that GetLoginProfile would tell and a verdict needs."""
    changed_at = row.password_last_changed_at
    if row.password_enabled is not True or changed_at is None:
        return row.password_enabled is False
    if user.password_last_used_at is None:
        return _is_set_with_user(user, changed_at)
    return _is_not_before(user.password_last_used_at, changed_at)


def _is_set_with_user(user: User, changed_at: datetime) -> bool:
    """A password last changed in the second its user was made was made then, and never changed."""
    return user.created_at is not None and second(user.created_at) == changed_at


def _is_not_before(at: datetime, other: datetime) -> bool:
    """Compared in whole seconds: the report knows no finer time."""
    return (second(at) or at) >= (second(other) or other)


def _reported(user: User, row: ReportRow, witnesses: CredentialSources, gap: str) -> LoginProfile:
    """What the report says; `gap` is why GetLoginProfile does not add to it."""
    if row.password_enabled is not True:
        known = row.password_enabled is False
        return LoginProfile(
            row.password_enabled,
            source="credential_report" if known else None,
            evidence_as_of=witnesses.reported_at if known else None,
            gap=None if known else gap,
        )
    changed_at, used_at = row.password_last_changed_at, user.password_last_used_at
    made_with_user = changed_at is not None and _is_set_with_user(user, changed_at)
    state: Literal["used", "never_used", "unknown"] = "unknown"
    if used_at is None:
        state = "never_used"
    elif changed_at is not None and _is_not_before(used_at, changed_at):
        state = "used"
    return LoginProfile(
        has_password=True,
        created_at=changed_at if made_with_user else None,
        created_gap=None if made_with_user else gap,
        last_changed_at=changed_at,
        state=state,
        last_used_at=used_at if state == "used" else None,
        last_used_gap=gap if state == "unknown" else None,
        source="credential_report",
        evidence_as_of=witnesses.reported_at,
    )


def _asked(user: User, profile: _Profile, witnesses: CredentialSources) -> LoginProfile:
    """GetLoginProfile's answer; the report may add when this password was last changed."""
    created_at, used_at = profile.created_at, user.password_last_used_at
    if not profile.exists or created_at is None:
        return LoginProfile(False, source="GetLoginProfile", evidence_as_of=witnesses.as_of)
    is_used = used_at is not None and _is_not_before(used_at, created_at)
    return LoginProfile(
        has_password=True,
        created_at=created_at,
        last_changed_at=_changed_at(witnesses.row_of(user), created_at),
        state="used" if is_used else "never_used",
        last_used_at=used_at if is_used else None,
        source="GetLoginProfile",
        evidence_as_of=witnesses.as_of,
    )


def _changed_at(row: ReportRow | None, created_at: datetime) -> datetime | None:
    """The report's last change, unless it speaks of an earlier password."""
    changed_at = row.password_last_changed_at if row else None
    return changed_at if changed_at is not None and _is_not_before(changed_at, created_at) else None


def _login_profile(calls: Calls, user: User) -> _Profile:
    """NoSuchEntity says either that there is no password or that there is no user; only the words differ."""
    try:
        return calls.one(LOGIN, _Profile.from_response, UserName=user.name)
    except NoSuchEntityError as error:
        words = str(error).lower()
        if "login profile" in words:
            return _Profile(exists=False)
        if "user with name" in words:
            raise
    try:
        calls.one("iam:GetUser", lambda answer: answer, UserName=user.name)
    except ReadFailedError as failure:
        raise ReadFailedError(LOGIN, "failed", failure.code, failure.message) from failure
    return _Profile(exists=False)
