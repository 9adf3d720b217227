"""Answers reads of credentials that are neither password nor access key."""

from __future__ import annotations

from moto.iam.models import User

from pipeline.demo.emulator.errors import ApiError
from pipeline.demo.emulator.reading import Reading, Reply
from pipeline.demo.emulator.state import OtherCredential

Held = tuple[User, OtherCredential]


def list_signing_certificates(read: Reading) -> Reply:
    """ListSigningCertificates of one user."""
    return _listed(read, "Certificates", _of_user(read, "certificate"))


def list_ssh_public_keys(read: Reading) -> Reply:
    """ListSSHPublicKeys of one user."""
    return _listed(read, "SSHPublicKeys", _of_user(read, "ssh_key"))


def list_service_specific_credentials(read: Reading) -> Reply:
    """ListServiceSpecificCredentials of one user, or of all with AllUsers, never both."""
    if read.params.get("AllUsers") != "true":
        if not read.params.get("UserName"):
            raise ApiError("ValidationError", "Must specify userName when calling with non-User credentials")
        return _listed(read, "ServiceSpecificCredentials", _of_user(read, "service_specific"))
    if read.params.get("UserName"):
        raise ApiError("InvalidInput", "UserName and AllUsers cannot be specified together")
    users = read.state.backend.users.values()
    held = [(user, each) for user in users for each in read.state.facts(user).others if each.kind == "service_specific"]
    return _listed(read, "ServiceSpecificCredentials", held)


def _of_user(read: Reading, kind: str) -> list[Held]:
    user = read.state.user(read.need("UserName"))
    return [(user, each) for each in read.state.facts(user).others if each.kind == kind]


def _listed(read: Reading, member: str, held: list[Held]) -> Reply:
    service = read.params.get("ServiceName")
    chosen = [one for one in held if not service or one[1].service == service]
    return read.listed(member, chosen, lambda one: one[1].credential_id, _shape)


def _shape(held: Held) -> Reply:
    user, credential = held
    shown: Reply = {"UserName": user.name, "Status": credential.status}
    if credential.kind == "certificate":
        certificate = {"CertificateId": credential.credential_id, "CertificateBody": "-----BEGIN CERTIFICATE-----"}
        return shown | certificate | {"UploadDate": credential.created}
    if credential.kind == "ssh_key":
        return shown | {"SSHPublicKeyId": credential.credential_id, "UploadDate": credential.created}
    return shown | {
        "ServiceSpecificCredentialId": credential.credential_id,
        "ServiceUserName": f"{user.name}-at-{_account_of(user)}",
        "ServiceName": credential.service,
        "CreateDate": credential.created,
        "ExpirationDate": credential.expires,
    }


def _account_of(user: User) -> str:
    """The account of a user, as AWS writes it into the names it makes for services."""
    return str(user.arn.split(":")[4])
