"""Reads access keys and MFA, from the best source for each user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.aws.calls import BatchResult, Calls
from pipeline.aws.errors import is_denial
from pipeline.aws.responses import listing
from pipeline.directories.aws_iam.credential_sources import CredentialSources
from pipeline.directories.aws_iam.facts import Credentials, KeyFact, Mfa
from pipeline.directories.aws_iam.passwords import read_logins
from pipeline.directories.aws_iam.records import AccessKey, KeyUse, User

KEYS, KEY_USE, MFA = "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:ListMFADevices"


def read_credentials(calls: Calls, users: Mapping[str, User], witnesses: CredentialSources) -> Credentials:
    """Everything, for the users who are still there."""
    credentials = Credentials()
    read_logins(calls, users.values(), witnesses, credentials)
    _read_mfa(calls, _present(users, credentials), witnesses, credentials)
    keys = _read_keys(calls, _present(users, credentials), witnesses, credentials)
    _read_key_use(calls, keys, witnesses, credentials)
    return credentials


def _present(users: Mapping[str, User], credentials: Credentials) -> list[User]:
    return [user for user in users.values() if user.user_id not in credentials.gone]


def _read_mfa(calls: Calls, users: Iterable[User], witnesses: CredentialSources, credentials: Credentials) -> None:
    ask = []
    for user in users:
        row = witnesses.trusted_row_of(user)
        if row and row.mfa_active is not None:
            credentials.mfa[user.user_id] = Mfa(row.mfa_active, witnesses.reported_at)
        else:
            ask.append(user)
    devices = listing("MFADevices", lambda item: item)
    found = calls.each(MFA, ask, lambda user: bool(calls.listed(MFA, devices, UserName=user.name)))
    credentials.gone |= {user.user_id for user in found.gone}
    credentials.mfa.update({user.user_id: Mfa(has_mfa, witnesses.as_of) for user, has_mfa in found.known.items()})
    for user, gap in found.gaps.items():
        row = witnesses.row_of(user)
        if row and row.mfa_active is not None:
            credentials.mfa[user.user_id] = Mfa(row.mfa_active, witnesses.reported_at)
        else:
            credentials.user_gaps[user.user_id]["mfa_gap"] = gap


def _read_keys(
    calls: Calls, users: Iterable[User], witnesses: CredentialSources, credentials: Credentials
) -> dict[AccessKey, User]:
    """The keys of everybody who has some, with their owners. The report has no key ids, so it only says whom not to
    ask."""
    ask = []
    for user in users:
        row = witnesses.trusted_row_of(user)
        if row and not row.holds_key:
            credentials.keys_as_of[user.user_id] = witnesses.reported_at
        else:
            ask.append(user)
    keys = listing("AccessKeyMetadata", AccessKey.from_response)
    found = calls.each(KEYS, ask, lambda user: calls.listed(KEYS, keys, UserName=user.name))
    credentials.gone |= {user.user_id for user in found.gone}
    credentials.keys_as_of.update({user.user_id: witnesses.as_of for user in found.known})
    for user, gap in found.gaps.items():
        row = witnesses.row_of(user)
        if row and not row.holds_key:
            credentials.keys_as_of[user.user_id] = witnesses.reported_at
        else:
            credentials.user_gaps[user.user_id]["access_keys_gap"] = gap
    return {key: user for user, theirs in found.known.items() for key in theirs}


def _read_key_use(
    calls: Calls, keys: Mapping[AccessKey, User], witnesses: CredentialSources, credentials: Credentials
) -> None:
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
        lambda key: calls.one(KEY_USE, KeyUse.from_response, AccessKeyId=key.key_id),
        principal=lambda key: keys[key].user_id,
    )
    credentials.gone |= _forget_deleted_keys(calls, found, keys)
    for key, use in found.known.items():
        credentials.keys.append(_asked_use(key, keys[key], use, witnesses))
    for key, gap in found.gaps.items():
        unknown = KeyFact(key.key_id, keys[key].user_id, key.status, key.created_at, "unknown", gap=gap)
        credentials.keys.append(_reported_use(key, keys[key], witnesses) or unknown)


def _forget_deleted_keys(
    calls: Calls, found: BatchResult[AccessKey, KeyUse], keys: Mapping[AccessKey, User]
) -> set[str]:
    """AWS refuses to tell the use of a key that was deleted since it was listed, in the words of a missing permission.

    Where others were answered, the refused ones are looked up once more; a key that is gone leaves no row. Gives back
    the users that turned out to be gone too.
    """
    refused = [key for key, gap in found.gaps.items() if is_denial(gap)]
    if not found.known:
        return set()
    holders = list(dict.fromkeys(keys[key] for key in refused))
    listed = calls.each(
        KEYS,
        holders,
        lambda user: calls.listed(KEYS, listing("AccessKeyMetadata", AccessKey.from_response), UserName=user.name),
    )
    for key in refused:
        user = keys[key]
        left = {each.key_id for each in listed.known.get(user, ())}
        if user in listed.gone or (user in listed.known and key.key_id not in left):
            del found.gaps[key]
            calls.recorder.withdraw_denial(KEY_USE, user.user_id)
    return {user.user_id for user in listed.gone}


def _asked_use(key: AccessKey, user: User, use: KeyUse, witnesses: CredentialSources) -> KeyFact:
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


def _reported_use(key: AccessKey, user: User, witnesses: CredentialSources) -> KeyFact | None:
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
