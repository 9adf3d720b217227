"""Answers reads of users and their credentials."""

from __future__ import annotations

from urllib.parse import quote

from moto.iam.models import AccessKey, MFADevice, User

from pipeline.demo.emulator.errors import access_denied, no_such_entity
from pipeline.demo.emulator.reading import Reading, Reply, attached, boundary, brief_user, group_shape, inline_document


def list_users(read: Reading) -> Reply:
    """ListUsers, with PasswordLastUsed and without tags and boundary."""
    prefix = read.params.get("PathPrefix", "/")
    users = (user for user in read.state.backend.users.values() if user.path.startswith(prefix))
    reply = read.listed("Users", users, lambda u: u.name, brief_user)
    unseen = read.faults.unseen(is_last_page=not reply.get("IsTruncated"))
    return reply | {"Users": [shown for shown in reply["Users"] if shown["UserName"] not in unseen]}


def get_user(read: Reading) -> Reply:
    """GetUser, with tags and boundary."""
    user = read.state.user(read.need("UserName"))
    tags = read.state.tags(user)
    shape = brief_user(user) | {
        "PermissionsBoundary": boundary(read.state.facts(user).boundary_arn),
        "Tags": tags or None,
    }
    return {"User": shape}


def list_groups_for_user(read: Reading) -> Reply:
    """ListGroupsForUser."""
    groups = read.state.groups_of(_user(read))
    return read.listed("Groups", groups, lambda g: g.name, group_shape)


def list_attached_user_policies(read: Reading) -> Reply:
    """ListAttachedUserPolicies."""
    return read.listed("AttachedPolicies", attached(_user(read)), lambda p: p["PolicyArn"], lambda p: p)


def list_user_policies(read: Reading) -> Reply:
    """ListUserPolicies: the names of the inline ones."""
    return read.listed("PolicyNames", _user(read).policies, str, str)


def get_user_policy(read: Reading) -> Reply:
    """GetUserPolicy."""
    user, name = _user(read), read.need("PolicyName")
    return {"UserName": user.name, "PolicyName": name, "PolicyDocument": quote(inline_document(user, name, "user"))}


def list_user_tags(read: Reading) -> Reply:
    """ListUserTags."""
    return read.listed("Tags", read.state.tags(_user(read)), lambda t: t["Key"], lambda t: t)


def get_login_profile(read: Reading) -> Reply:
    """GetLoginProfile.

    Its CreateDate is the password's, not the user's. NoSuchEntity says "no password" and "no user" alike.
    """
    user = _user(read)
    if not user.password:
        raise no_such_entity(f"Login Profile for User {user.name} cannot be found.")
    created = read.state.facts(user).password_created or user.create_date
    profile = {"UserName": user.name, "CreateDate": created, "PasswordResetRequired": user.password_reset_required}
    return {"LoginProfile": profile}


def list_access_keys(read: Reading) -> Reply:
    """ListAccessKeys."""
    return read.listed("AccessKeyMetadata", _user(read).access_keys, lambda k: k.access_key_id, _key)


def get_access_key_last_used(read: Reading) -> Reply:
    """GetAccessKeyLastUsed; without LastUsedDate for a key that was never used.

    A key that is not there has no owner to be allowed anything about: AWS answers as if a permission was missing.
    """
    wanted = read.need("AccessKeyId")
    for user, key in read.state.key_holders():
        if key.access_key_id == wanted:
            return {"UserName": user.name, "AccessKeyLastUsed": _last_use(key)}
    raise access_denied(f"User is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key {wanted}")


def list_mfa_devices(read: Reading) -> Reply:
    """ListMFADevices of one user."""
    user = _user(read)
    return read.listed("MFADevices", user.mfa_devices.values(), lambda d: d.serial_number, lambda d: _mfa(user, d))


def list_virtual_mfa_devices(read: Reading) -> Reply:
    """ListVirtualMFADevices: the assigned ones of the whole account."""
    devices = [(user, device) for user in read.state.backend.users.values() for device in user.mfa_devices.values()]
    if read.params.get("AssignmentStatus") == "Unassigned":
        devices = []
    return read.listed(
        "VirtualMFADevices",
        devices,
        lambda pair: pair[1].serial_number,
        lambda pair: {
            "SerialNumber": pair[1].serial_number,
            "User": brief_user(pair[0]),
            "EnableDate": pair[1].enable_date,
        },
    )


def _user(read: Reading) -> User:
    return read.state.user(read.need("UserName"))


def _key(key: AccessKey) -> Reply:
    return {
        "UserName": key.user_name,
        "AccessKeyId": key.access_key_id,
        "Status": key.status,
        "CreateDate": key.create_date,
    }


def _last_use(key: AccessKey) -> Reply:
    if key.last_used is None:
        return {"ServiceName": "N/A", "Region": "N/A"}
    return {
        "LastUsedDate": key.last_used.timestamp,
        "ServiceName": key.last_used.service,
        "Region": key.last_used.region or "N/A",
    }


def _mfa(user: User, device: MFADevice) -> Reply:
    return {"UserName": user.name, "SerialNumber": device.serial_number, "EnableDate": device.enable_date}
