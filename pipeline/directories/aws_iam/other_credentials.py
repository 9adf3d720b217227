"""Reads signing certificates, SSH public keys and service-specific credentials.

Service-specific credentials come in one listing of the whole account, certificates from the credential report where it
may speak. There is no listing of everybody's SSH keys, so they cost a call a user: in an account in which many users
hold neither password nor active key, only those are asked about who may use CodeCommit. An SSH key opens nothing else,
and CodeCommit has no resource policies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.aws.calls import BatchResult, Calls
from pipeline.aws.errors import ReadFailedError
from pipeline.aws.responses import ApiResponse, instant, listing, text
from pipeline.directories.aws_iam.credential_sources import CredentialSources
from pipeline.directories.aws_iam.facts import AccessInventory, Credentials, OtherCredentials
from pipeline.directories.aws_iam.records import User
from pipeline.directories.aws_iam.rights import users_who_may

SERVICE = "iam:ListServiceSpecificCredentials"
SSH, CERTIFICATES = "iam:ListSSHPublicKeys", "iam:ListSigningCertificates"
LISTS = {SERVICE: "ServiceSpecificCredentials", SSH: "SSHPublicKeys", CERTIFICATES: "Certificates"}
KINDS = {SSH: "SSH public key", CERTIFICATES: "signing certificate"}
ALWAYS_ASKED = 100
"""So many users without a password and an active key are all asked about their SSH keys."""
UNKNOWN_PARAMETER = frozenset({"ValidationError", "InvalidInput", "InvalidParameterValue"})
"""How an IAM answers that does not know the parameter AllUsers yet: it wants a user's name."""

Held = BatchResult[User, list[str]]
"""The kinds of the live credentials of each user."""


@dataclass(frozen=True)
class _Credential:
    """One credential of any of the three kinds; all have a Status, one kind may expire."""

    user_name: str
    is_live: bool
    kind: str

    @classmethod
    def from_response(cls, action: str, item: ApiResponse, as_of: datetime) -> _Credential:
        kind = KINDS.get(action) or f"service-specific credential of {text(item, 'ServiceName')}"
        expires_at = instant(item.get("ExpirationDate"))
        is_expired = expires_at is not None and expires_at <= as_of
        return cls(text(item, "UserName").lower(), text(item, "Status") == "Active" and not is_expired, kind)


@dataclass(frozen=True)
class _Questions:
    """The listings, judged as of the instant the read began."""

    calls: Calls
    as_of: datetime

    def of_each(self, action: str, users: Iterable[User]) -> Held:
        """Ask about user by user."""
        return self.calls.each(action, users, lambda user: _kinds(self._listed(action, UserName=user.name)))

    def of_all(self, action: str, users: Sequence[User]) -> Held:
        """Ask once, for the whole account. Raises ReadFailedError."""
        held: dict[str, list[_Credential]] = {}
        for credential in self._listed(action, AllUsers=True):
            held.setdefault(credential.user_name, []).append(credential)
        return BatchResult({user: _kinds(held.get(user.name.lower(), ())) for user in users})

    def _listed(self, action: str, **parameters: object) -> list[_Credential]:
        read = listing(LISTS[action], lambda item: _Credential.from_response(action, item, self.as_of))
        return self.calls.listed(action, read, **parameters)


def read_other_credentials(
    calls: Calls,
    users: Mapping[str, User],
    witnesses: CredentialSources,
    access: AccessInventory,
    credentials: Credentials,
) -> None:
    """Fill `credentials.others` for the users who would otherwise count as holding nothing, or say why not."""
    ask = _without_password_and_key(users, credentials)
    if not ask:
        return
    questions = _Questions(calls, witnesses.as_of)
    certificates, reported = _certificates(questions, ask, witnesses)
    sources = (_service_credentials(questions, ask), _ssh_keys(questions, ask, access), certificates)
    credentials.gone |= {user.user_id for source in sources for user in source.gone}
    for user in ask:
        unread = [source.gaps[user] for source in sources if user in source.gaps]
        if unread:
            credentials.user_gaps[user.user_id]["other_credentials_gap"] = "; ".join(unread)
        elif user.user_id not in credentials.gone:
            kinds = tuple(sorted(kind for source in sources for kind in source.known[user]))
            at = witnesses.reported_at if user in reported else witnesses.as_of
            credentials.others[user.user_id] = OtherCredentials(kinds, at)


def _without_password_and_key(users: Mapping[str, User], credentials: Credentials) -> list[User]:
    """Those known to have neither; whoever may have one is judged by it, or unknown anyway."""
    key_holders = {key.user_id for key in credentials.keys if key.status == "Active"}
    return [
        user
        for user_id, user in users.items()
        if user_id not in credentials.gone
        and credentials.logins[user_id].has_password is False
        and user_id not in key_holders
        and "access_keys_gap" not in credentials.user_gaps.get(user_id, {})
    ]


def _certificates(
    questions: _Questions, ask: Sequence[User], witnesses: CredentialSources
) -> tuple[Held, Collection[User]]:
    """The certificates of all, and the users of whom the credential report tells them."""
    reported = {user: row.active_certificates for user in ask if (row := witnesses.trusted_row_of(user))}
    reported = {user: count for user, count in reported.items() if count is not None}
    found = questions.of_each(CERTIFICATES, [user for user in ask if user not in reported])
    for user in list(found.gaps):
        row = witnesses.row_of(user)
        if row and row.active_certificates is not None:  # a report that is not believed is better than nothing
            reported[user] = row.active_certificates
            del found.gaps[user]
    found.known.update({user: [KINDS[CERTIFICATES]] * (count or 0) for user, count in reported.items()})
    return found, reported.keys()


def _service_credentials(questions: _Questions, ask: Sequence[User]) -> Held:
    """One listing for all, and user by user where this IAM has no such listing."""
    try:
        return questions.of_all(SERVICE, ask)
    except ReadFailedError as failure:
        if failure.code in UNKNOWN_PARAMETER:
            return questions.of_each(SERVICE, ask)
        return BatchResult(gaps=dict.fromkeys(ask, failure.gap))


def _ssh_keys(questions: _Questions, ask: Sequence[User], access: AccessInventory) -> Held:
    """The SSH keys of everybody, or where that are many, of those whom one would open something."""
    chosen = list(ask)
    if len(ask) > ALWAYS_ASKED:
        may = users_who_may("codecommit", (user.user_id for user in ask), access)
        chosen = [user for user in ask if user.user_id in may]
    found = questions.of_each(SSH, chosen)
    found.known.update({user: [] for user in ask if user not in set(chosen)})
    return found


def _kinds(credentials: Iterable[_Credential]) -> list[str]:
    return [credential.kind for credential in credentials if credential.is_live]
