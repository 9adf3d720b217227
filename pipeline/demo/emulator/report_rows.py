"""The rows of a credential report, worded like the real one.

Columns and special values: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
`N/A`, `no_information` and `not_supported` mean different things and are kept apart here as there.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

from moto.iam.models import AccessKey, User

from pipeline.demo.emulator.instants import report_iso, stored
from pipeline.demo.emulator.state import AccountState, RootFacts

COLUMNS = (
    "user", "arn", "user_creation_time",
    "password_enabled", "password_last_used", "password_last_changed", "password_next_rotation", "mfa_active",
    "access_key_1_active", "access_key_1_last_rotated",
    "access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
    "access_key_2_active", "access_key_2_last_rotated",
    "access_key_2_last_used_date", "access_key_2_last_used_region", "access_key_2_last_used_service",
    "cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
)  # fmt: skip
NOT_APPLICABLE, NO_INFORMATION, NOT_SUPPORTED = "N/A", "no_information", "not_supported"
_NO_KEY = ("false", *[NOT_APPLICABLE] * 4)
_NO_CERTIFICATE = ("false", NOT_APPLICABLE)


def picture(state: AccountState, at: datetime) -> bytes:
    """The report as of an instant: what was created later is not in it, and a later use is dated to it."""
    limit = stored(at)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(_root_row(state.root_arn, state.root, limit))
    for user in sorted(state.backend.users.values(), key=lambda u: u.name):
        if user.create_date <= limit:
            writer.writerow(_user_row(state, user, limit))
    return out.getvalue().rstrip("\n").encode()


def _root_row(arn: str, root: RootFacts, limit: datetime) -> tuple[str, ...]:
    return (
        "<root_account>",
        arn,
        report_iso(root.created),
        NOT_SUPPORTED,
        _when(root.password_last_used, limit, NO_INFORMATION),
        NOT_SUPPORTED,
        NOT_SUPPORTED,
        _flag(root.mfa),
        *(_key_cells(root.key_created, root.key_last_used, "s3", "us-east-1", limit) if root.key_created else _NO_KEY),
        *_NO_KEY,
        *_NO_CERTIFICATE * 2,
    )


def _user_row(state: AccountState, user: User, limit: datetime) -> tuple[str, ...]:
    keys = [key for key in user.access_keys if key.create_date <= limit][:2]
    cells = [_access_key(key, limit) for key in keys] + [_NO_KEY] * (2 - len(keys))
    return (
        user.name,
        user.arn,
        report_iso(user.create_date),
        *_password(state, user, limit),
        _flag(bool(user.mfa_devices)),
        *cells[0],
        *cells[1],
        *_certificates(state, user, limit),
    )


def _password(state: AccountState, user: User, limit: datetime) -> tuple[str, ...]:
    facts = state.facts(user)
    created = facts.password_created or user.create_date
    if not user.password or created > limit:
        return "false", NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE
    changed = facts.password_changed or created
    return "true", _when(user.password_last_used, limit, NO_INFORMATION), report_iso(changed), NOT_APPLICABLE


def _access_key(key: AccessKey, limit: datetime) -> tuple[str, ...]:
    used = key.last_used
    cells = _key_cells(
        key.create_date,
        used.timestamp if used else None,
        used.service if used else "",
        used.region if used else "",
        limit,
    )
    return (_flag(key.status == "Active"), *cells[1:])


def _certificates(state: AccountState, user: User, limit: datetime) -> tuple[str, ...]:
    theirs = [one for one in state.facts(user).others if one.kind == "certificate" and one.created <= limit][:2]
    cells = [(_flag(one.status == "Active"), report_iso(one.created)) for one in theirs]
    return tuple(cell for pair in [*cells, *[_NO_CERTIFICATE] * (2 - len(cells))] for cell in pair)


def _key_cells(created: datetime, used: datetime | None, service: str, region: str, limit: datetime) -> tuple[str, ...]:
    if used is None:
        return "true", report_iso(created), NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE
    return "true", report_iso(created), _when(used, limit, NOT_APPLICABLE), region or NOT_APPLICABLE, service


def _when(instant: datetime | None, limit: datetime, otherwise: str) -> str:
    return otherwise if instant is None else report_iso(min(instant, limit))


def _flag(value: bool) -> str:
    return "true" if value else "false"
