"""Passwords, access keys and MFA: which witness is asked about which user, and what is believed.

Belongs here: weighing the credential report against the calls.
Does not belong here: getting the report (`credential_report`).

A fresh report is the witness for every user in it. A report made before this read began may be up to four hours old,
and a key made, a password removed or a key used since would be missed: in an account of moderate size the calls are the
witness then, and the report only steps in where one is denied; in a larger one the report stays the witness, and its
rows carry its time. A user who is not in the report (made since, or made anew under an old name) is always asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.directories.aws_iam.calls import Answers, Calls
from pipeline.directories.aws_iam.credential_report import Report, ReportRow
from pipeline.directories.aws_iam.facts import Credentials, KeyFact, Login
from pipeline.directories.aws_iam.failures import NoSuchEntityError, ReadFailedError, is_denial
from pipeline.directories.aws_iam.shapes import Answer, Key, KeyUse, MalformedAnswerError, User, instant, listing

KEYS, KEY_USE, LOGIN, MFA = (
    "iam:ListAccessKeys",
    "iam:GetAccessKeyLastUsed",
    "iam:GetLoginProfile",
    "iam:ListMFADevices",
)


@dataclass(frozen=True)
class Witnesses:
    """The report, if there is one, and whether it may speak for the users in it. `as_of` is when this read began."""

    report: Report | None
    report_is_trusted: bool
    as_of: datetime

    @classmethod
    def weigh(cls, report: Report | None, user_count: int, reused_report_user_limit: int, as_of: datetime) -> Witnesses:
        """A report is trusted when fresh, or when the account has more users than `reused_report_user_limit`."""
        trusted = report is not None and (report.is_fresh or user_count > reused_report_user_limit)
        return cls(report, trusted, as_of)

    def row_of(self, user: User) -> ReportRow | None:
        return self.report.row_of(user) if self.report else None

    @property
    def reported_at(self) -> datetime | None:
        return self.report.generated_at if self.report else None

    @property
    def older_evidence(self) -> datetime | None:
        """When the oldest evidence is from, if that was before this read began."""
        return self.report.generated_at if self.report and not self.report.is_fresh else None


def read_credentials(calls: Calls, users: Mapping[str, User], witnesses: Witnesses) -> Credentials:
    """Everything, for the users who are still there."""
    credentials = Credentials()
    _read_logins(calls, users.values(), witnesses, credentials)
    _read_mfa(calls, _present(users, credentials), witnesses, credentials)
    keys = _read_keys(calls, _present(users, credentials), witnesses, credentials)
    _read_key_use(calls, keys, witnesses, credentials)
    return credentials


def _present(users: Mapping[str, User], credentials: Credentials) -> list[User]:
    return [user for user in users.values() if user.user_id not in credentials.gone]


def _read_logins(calls: Calls, users: Iterable[User], witnesses: Witnesses, credentials: Credentials) -> None:
    ask = []
    for user in users:
        row = witnesses.row_of(user)
        if row and witnesses.report_is_trusted and row.password_enabled is not None:
            credentials.logins[user.user_id] = _reported_login(row, witnesses)
        else:
            ask.append(user)
    found = calls.each(LOGIN, ask, lambda user: _login_profile(calls, user))
    credentials.gone |= {user.user_id for user in found.gone}
    for user, profile in found.known.items():
        credentials.logins[user.user_id] = _asked_login(profile, witnesses.row_of(user), witnesses)
    for user, gap in found.gaps.items():
        row = witnesses.row_of(user)
        reported = row is not None and row.password_enabled is not None
        credentials.logins[user.user_id] = _reported_login(row, witnesses) if row and reported else Login(None, gap=gap)


def _reported_login(row: ReportRow, witnesses: Witnesses) -> Login:
    return Login(
        has_password=row.password_enabled,
        last_changed_at=row.password_last_changed_at if row.password_enabled else None,
        source="credential_report",
        evidence_as_of=witnesses.reported_at,
    )


@dataclass(frozen=True)
class _Profile:
    exists: bool
    created_at: datetime | None = None

    @classmethod
    def read(cls, answer: Answer) -> _Profile:
        profile = answer.get("LoginProfile")
        if not isinstance(profile, Mapping):
            raise MalformedAnswerError("no LoginProfile in the answer")
        return cls(True, instant(profile.get("CreateDate")))


def _asked_login(profile: _Profile, row: ReportRow | None, witnesses: Witnesses) -> Login:
    """The report may add when the password was last changed, unless it speaks of an earlier password."""
    reported_at = witnesses.reported_at
    same_password = row is not None and profile.created_at and reported_at and profile.created_at <= reported_at
    changed_at = row.password_last_changed_at if row and same_password else None
    return Login(profile.exists, profile.created_at, changed_at, "GetLoginProfile", witnesses.as_of)


def _login_profile(calls: Calls, user: User) -> _Profile:
    """NoSuchEntity says either that there is no password or that there is no user; only the words differ."""
    try:
        return calls.one(LOGIN, _Profile.read, UserName=user.name)
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


def _read_mfa(calls: Calls, users: Iterable[User], witnesses: Witnesses, credentials: Credentials) -> None:
    ask = []
    for user in users:
        row = witnesses.row_of(user)
        if row and row.mfa_active is not None:
            credentials.mfa[user.user_id] = row.mfa_active
        else:
            ask.append(user)
    devices = listing("MFADevices", lambda item: item)
    found = calls.each(MFA, ask, lambda user: bool(calls.listed(MFA, devices, UserName=user.name)))
    credentials.gone |= {user.user_id for user in found.gone}
    credentials.mfa.update({user.user_id: has_mfa for user, has_mfa in found.known.items()})
    for user, gap in found.gaps.items():
        credentials.user_gaps[user.user_id]["mfa_gap"] = gap


def _read_keys(calls: Calls, users: Iterable[User], witnesses: Witnesses, credentials: Credentials) -> dict[Key, User]:
    """The keys of everybody who has some, with their owners. The report has no key ids, so it only tells whom not to
    ask."""

    def reported_without(user: User) -> bool:
        row = witnesses.row_of(user)
        return row is not None and not row.holds_key

    ask = [user for user in users if not (witnesses.report_is_trusted and reported_without(user))]
    keys = listing("AccessKeyMetadata", Key.read)
    found = calls.each(KEYS, ask, lambda user: calls.listed(KEYS, keys, UserName=user.name))
    credentials.gone |= {user.user_id for user in found.gone}
    for user, gap in found.gaps.items():
        if not reported_without(user):
            credentials.user_gaps[user.user_id]["access_keys_gap"] = gap
    return {key: user for user, theirs in found.known.items() for key in theirs}


def _read_key_use(calls: Calls, keys: Mapping[Key, User], witnesses: Witnesses, credentials: Credentials) -> None:
    ask = []
    for key, user in keys.items():
        reported = _reported_use(key, user, witnesses)
        if reported and witnesses.report_is_trusted:
            credentials.keys.append(reported)
        else:
            ask.append(key)
    found = calls.each(
        KEY_USE,
        ask,
        lambda key: calls.one(KEY_USE, KeyUse.read, AccessKeyId=key.key_id),
        principal=lambda key: keys[key].user_id,
    )
    credentials.gone |= _forget_deleted_keys(calls, found, keys)
    for key, use in found.known.items():
        credentials.keys.append(_asked_use(key, keys[key], use, witnesses))
    for key, gap in found.gaps.items():
        unknown = KeyFact(key.key_id, keys[key].user_id, key.status, key.created_at, "unknown", gap=gap)
        credentials.keys.append(_reported_use(key, keys[key], witnesses) or unknown)


def _forget_deleted_keys(calls: Calls, found: Answers[Key, KeyUse], keys: Mapping[Key, User]) -> set[str]:
    """AWS refuses to tell the use of a key that was deleted since it was listed, in the words of a missing permission.

    Where others were answered, the refused ones are looked up once more; a key that is gone leaves no row. Gives back
    the users that turned out to be gone too.
    """
    refused = [key for key, gap in found.gaps.items() if is_denial(gap)]
    if not found.known:
        return set()
    holders = list(dict.fromkeys(keys[key] for key in refused))
    listed = calls.each(
        KEYS, holders, lambda user: calls.listed(KEYS, listing("AccessKeyMetadata", Key.read), UserName=user.name)
    )
    for key in refused:
        user = keys[key]
        left = {each.key_id for each in listed.known.get(user, ())}
        if user in listed.gone or (user in listed.known and key.key_id not in left):
            del found.gaps[key]
            calls.recorder.withdraw_denial(KEY_USE, user.user_id)
    return {user.user_id for user in listed.gone}


def _asked_use(key: Key, user: User, use: KeyUse, witnesses: Witnesses) -> KeyFact:
    return KeyFact(
        key.key_id,
        user.user_id,
        key.status,
        key.created_at,
        "used" if use.at else "never_used",
        use.at,
        use.service,
        use.region,
        "GetAccessKeyLastUsed",
        witnesses.as_of,
    )


def _reported_use(key: Key, user: User, witnesses: Witnesses) -> KeyFact | None:
    """What the report says of this very key; None when it cannot be told which slot is the key's, or when the slot says
    nothing."""
    row = witnesses.row_of(user)
    slot = row.slot_of(key.created_at) if row else None
    if slot is None or slot.use == "unknown":
        return None
    return KeyFact(
        key.key_id,
        user.user_id,
        key.status,
        key.created_at,
        slot.use,
        slot.used_at,
        slot.service,
        slot.region,
        "credential_report",
        witnesses.reported_at,
    )
