"""Fills an emulated account directly, without HTTP, backdated as needed.

Everything goes into moto's backend (or, where moto has no place, into the account's own facts) the way the API would
have put it. The clock is not asked: what has no date given was made at the account's `birth`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from moto.iam.models import AccessKey, AccessKeyLastUsed, MFADevice, User

from pipeline.demo.emulator.build_grants import Grants
from pipeline.demo.emulator.building import KeyRef, UserRef
from pipeline.demo.emulator.ids import secret_key
from pipeline.demo.emulator.instants import stored, stored_or_none
from pipeline.demo.emulator.report_rows import picture
from pipeline.demo.emulator.state import REGIONS, AccountState, OtherCredential
from pipeline.demo.emulator.truth import truth


class EmulatedAccount(Grants):
    """Builds one account. Methods take a user as a `UserRef` or by name, and return what they made."""

    def __init__(self, state: AccountState, birth: datetime) -> None:
        super().__init__(state, birth)
        self._folded: dict[str, str] = {}

    def user(
        self,
        name: str,
        *,
        path: str = "/",
        created: datetime | None = None,
        tags: Mapping[str, str] | None = None,
        password_created: datetime | None = None,
        password_last_used: datetime | None = None,
        password_changed: datetime | None = None,
        mfa: bool = False,
        boundary: str | None = None,
        groups: Sequence[str] = (),
    ) -> UserRef:
        """A user. `password_last_used` without `password_created` is AWS's leftover of a password that was deleted."""
        with self.state.lock:
            taken = self._folded.setdefault(name.lower(), name)
            if taken != name and taken in self.state.backend.users:
                raise ValueError(f"AWS does not tell user names apart by case, and {taken} is there already")
            self._folded[name.lower()] = name
            pairs = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
            user = self.state.backend.create_user(REGIONS[self.state.partition], name, path, pairs)
            user.id = self._id("AIDA", name)
            user.create_date = stored(created) if created else self._birth
            user.password_last_used = stored_or_none(password_last_used)  # type: ignore[assignment]
            if password_created is not None:
                self._set_password(user, password_created, password_changed)
            if mfa:
                self._mfa(user)
            self.state.set_boundary(user, boundary)
            for group in groups:
                self.state.group(group).users.append(user)
        return UserRef(name, user.id, user.arn)

    def key(
        self,
        user: UserRef | str,
        *,
        created: datetime | None = None,
        status: str = "Active",
        last_used: datetime | None = None,
        service: str = "s3",
        region: str = "us-east-1",
    ) -> KeyRef:
        """An access key; `region=""` is shown as N/A, as for services without one."""
        with self.state.lock:
            owner = self._user(user)
            key = owner.create_access_key(prefix="AKIA", status=status)
            key.access_key_id = self._id("AKIA", owner.name, length=20)
            key.secret_access_key = secret_key(self.account_id, key.access_key_id)
            key.create_date = stored(created) if created else owner.create_date
            _use(key, last_used, service, region)
        return KeyRef(key.access_key_id, key.secret_access_key, owner.name)

    def certificate(self, user: UserRef | str, *, created: datetime | None = None, status: str = "Active") -> None:
        """A signing certificate."""
        self._other(user, "certificate", created, status)

    def ssh_key(self, user: UserRef | str, *, created: datetime | None = None, status: str = "Active") -> None:
        """An SSH public key for CodeCommit."""
        self._other(user, "ssh_key", created, status)

    def service_credential(
        self,
        user: UserRef | str,
        service: str = "codecommit.amazonaws.com",
        *,
        created: datetime | None = None,
        status: str = "Active",
        expires: datetime | None = None,
    ) -> None:
        """A service-specific credential; of `bedrock.amazonaws.com`, a long-term API key."""
        self._other(user, "service_specific", created, status, service, expires)

    def set_password(
        self,
        user: UserRef | str,
        created: datetime,
        *,
        changed: datetime | None = None,
        last_used: datetime | None = None,
    ) -> None:
        """Give a user a password, or note a sign-in."""
        with self.state.lock:
            owner = self._user(user)
            self._set_password(owner, created, changed)
            if last_used is not None:
                owner.password_last_used = stored(last_used)  # type: ignore[assignment]

    def delete_password(self, user: UserRef | str) -> None:
        """Take the password away; AWS keeps PasswordLastUsed."""
        with self.state.lock:
            self._user(user).password = None

    def use_key(self, key: KeyRef, at: datetime, *, service: str = "s3", region: str = "us-east-1") -> None:
        """Note a use of a key."""
        with self.state.lock:
            _use(self._key(key), at, service, region)

    def set_key_status(self, key: KeyRef, status: str) -> None:
        """Switch a key off (`Inactive`) or on (`Active`)."""
        with self.state.lock:
            self._key(key).status = status

    def delete_key(self, key: KeyRef) -> None:
        """Delete a key."""
        with self.state.lock:
            self._user(key.user_name).delete_access_key(key.access_key_id)

    def tag(self, user: UserRef | str, tags: Mapping[str, str]) -> None:
        """Set tags of a user."""
        with self.state.lock:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            self.state.backend.tagger.tag_resource(self._user(user).arn, pairs)

    def delete_user(self, user: UserRef | str) -> None:
        """Delete a user and whatever hangs on it."""
        with self.state.lock:
            self.state.remove_user(self._user(user).name)

    def alias(self, name: str) -> None:
        """Name the account."""
        self.state.backend.account_aliases = [name]

    def root(
        self,
        *,
        created: datetime | None = None,
        mfa: bool = True,
        password_last_used: datetime | None = None,
        key_created: datetime | None = None,
        key_last_used: datetime | None = None,
    ) -> None:
        """Describe the root user."""
        root = self.state.root
        root.created = stored(created) if created else root.created
        root.mfa = mfa
        root.password_last_used = stored_or_none(password_last_used)
        root.key_created, root.key_last_used = stored_or_none(key_created), stored_or_none(key_last_used)

    def generate_report(self, at: datetime) -> None:
        """Have a complete credential report of that instant.

        What changes afterwards is not in it until it is four hours old.
        """
        with self.state.lock:
            self.state.report.freeze(picture(self.state, at), at)

    def truth(self) -> dict[str, Any]:
        """What is there, as plain values to compare a read with; see `truth.py`."""
        with self.state.lock:
            return truth(self.state)

    def _other(
        self,
        user: UserRef | str,
        kind: Literal["certificate", "ssh_key", "service_specific"],
        created: datetime | None,
        status: str,
        service: str = "",
        expires: datetime | None = None,
    ) -> None:
        with self.state.lock:
            owner = self._user(user)
            made = stored(created) if created else owner.create_date
            others = self.state.facts(owner).others
            credential_id = self._id(kind[:4].upper(), f"{owner.name}/{len(others)}", length=20)
            others.append(OtherCredential(kind, credential_id, status, made, service, stored_or_none(expires)))

    def _set_password(self, user: User, created: datetime, changed: datetime | None) -> None:
        facts = self.state.facts(user)
        user.password = user.password or "set"
        facts.password_created, facts.password_changed = stored(created), stored_or_none(changed)

    def _mfa(self, user: User) -> None:
        serial = f"arn:{self.state.partition}:iam::{self.account_id}:mfa/{user.name}"
        device = MFADevice(serial, "000000", "111111")
        device.enable_date = user.create_date
        user.mfa_devices[serial] = device


def _use(key: AccessKey, at: datetime | None, service: str, region: str) -> None:
    key.last_used = AccessKeyLastUsed(stored(at), service, region) if at is not None else None
