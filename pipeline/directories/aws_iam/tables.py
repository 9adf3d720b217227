"""The tables of an IAM snapshot.

Names as AWS has them, ids as strings, instants in UTC; `*_gap` as `directories.base` explains. Users and groups are
joined by their ids (AIDA..., AGPA...), which outlive a rename, never by name.
"""

from __future__ import annotations

import pyarrow as pa

from pipeline.directories.base import INSTANT


def _schema(*fields: tuple[str, pa.DataType] | tuple[str, pa.DataType, bool]) -> pa.Schema:
    return pa.schema([pa.field(f[0], f[1], nullable=len(f) < 3) for f in fields])


TEXT, FLAG, COUNT = pa.string(), pa.bool_(), pa.int64()
REQUIRED = False

TABLES: dict[str, pa.Schema] = {
    # Grain: the account, one row.
    "account": _schema(
        ("account_id", TEXT, REQUIRED),
        ("partition", TEXT, REQUIRED),
        ("alias", TEXT),
        ("alias_gap", TEXT),
        ("summary", TEXT),  # a JSON object, as GetAccountSummary gives it
        ("summary_gap", TEXT),
    ),
    # Grain: one IAM user.
    "users": _schema(
        ("user_id", TEXT, REQUIRED),
        ("user_name", TEXT, REQUIRED),
        ("path", TEXT),
        ("arn", TEXT, REQUIRED),
        ("created_at", INSTANT),
        ("password_last_used_at", INSTANT),  # ListUsers; kept when the password is gone, so never to be read alone
        ("permissions_boundary_arn", TEXT),
        ("boundary_gap", TEXT),
        ("tags", TEXT),  # a JSON object, key to value
        ("tags_gap", TEXT),
        ("groups_gap", TEXT),  # why the memberships of this user are not known
        ("attached_policies_gap", TEXT),
        ("inline_policies_gap", TEXT),
        ("access_keys_gap", TEXT),  # why the keys of this user are not known
        ("access_keys_evidence_as_of", INSTANT),  # the instant the list of keys was true at
        ("mfa_enabled", FLAG),
        ("mfa_gap", TEXT),
        ("mfa_evidence_as_of", INSTANT),
        # Live signing certificates, SSH public keys and service-specific credentials; only asked about users without a
        # password and an active access key, null without a gap for all others.
        ("other_credential_count", COUNT),
        ("other_credentials", TEXT),  # their kinds, as words
        ("other_credentials_gap", TEXT),
        ("other_credentials_evidence_as_of", INSTANT),
    ),
    # Grain: one IAM user; whether a console password exists.
    "login_profiles": _schema(
        ("user_id", TEXT, REQUIRED),
        ("has_password", FLAG),  # null exactly when login_profile_gap is set
        ("created_at", INSTANT),  # when this password was made, however often it was changed since
        ("created_gap", TEXT),
        ("password_last_changed_at", INSTANT),  # the credential report's, where read
        ("last_used_state", TEXT),  # of this password: used | never_used | unknown; null where there is none
        ("last_used_at", INSTANT),
        ("last_used_gap", TEXT),
        ("source", TEXT),  # GetLoginProfile | credential_report
        ("evidence_as_of", INSTANT),
        ("login_profile_gap", TEXT),
    ),
    # Grain: one access key.
    "access_keys": _schema(
        ("access_key_id", TEXT, REQUIRED),
        ("user_id", TEXT, REQUIRED),
        ("status", TEXT, REQUIRED),  # Active | Inactive | Expired
        ("created_at", INSTANT),
        ("last_used_state", TEXT, REQUIRED),  # used | never_used | unknown
        ("last_used_at", INSTANT),
        ("last_used_service", TEXT),
        ("last_used_region", TEXT),
        ("source", TEXT),  # credential_report | GetAccessKeyLastUsed
        ("evidence_as_of", INSTANT),
        ("last_used_gap", TEXT),
    ),
    # Grain: one IAM group.
    "groups": _schema(
        ("group_id", TEXT, REQUIRED),
        ("group_name", TEXT, REQUIRED),
        ("path", TEXT),
        ("arn", TEXT, REQUIRED),
        ("created_at", INSTANT),
        ("members_gap", TEXT),
        ("attached_policies_gap", TEXT),
        ("inline_policies_gap", TEXT),
    ),
    # Grain: one user in one group.
    "memberships": _schema(("user_id", TEXT, REQUIRED), ("group_id", TEXT, REQUIRED)),
    # Grain: one managed policy attached to one user or group.
    "attached_policies": _schema(
        ("principal_type", TEXT, REQUIRED),  # user | group
        ("principal_id", TEXT, REQUIRED),
        ("policy_name", TEXT, REQUIRED),
        ("policy_arn", TEXT, REQUIRED),
    ),
    # Grain: one inline policy of one user or group.
    "inline_policies": _schema(
        ("principal_type", TEXT, REQUIRED),
        ("principal_id", TEXT, REQUIRED),
        ("policy_name", TEXT, REQUIRED),
        ("document", TEXT),  # JSON
        ("document_gap", TEXT),
    ),
    # Grain: one managed policy that is attached to a user or group read here, or is in use as a boundary.
    "managed_policies": _schema(
        ("policy_arn", TEXT, REQUIRED),
        ("policy_name", TEXT, REQUIRED),
        ("policy_id", TEXT),
        ("is_aws_managed", FLAG),
        ("default_version_id", TEXT),
        ("attachment_count", COUNT),
        ("document", TEXT),  # JSON, the default version's
        ("document_gap", TEXT),
    ),
    # Grain: the root user, one row, or none where no credential report could be read.
    "root_user": _schema(
        ("arn", TEXT, REQUIRED),
        ("created_at", INSTANT),
        ("password_last_used_at", INSTANT),
        ("mfa_enabled", FLAG),
        ("active_key_count", COUNT),
        ("key_last_used_at", INSTANT),
        ("evidence_as_of", INSTANT),
    ),
}
