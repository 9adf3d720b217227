"""The emulated AWS as a whole: its accounts, the connector's principal, its server.

moto holds the data and answers writes. What the readers of this project depend on and moto lacks (trust policies,
authorisation with session policies, paging, the credential report's states, expiry, throttling) is this package's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType

from moto.iam.models import IAMBackend

from pipeline.demo.emulator.authenticate import Keyring
from pipeline.demo.emulator.aws_policies import add_aws_policies
from pipeline.demo.emulator.builder import EmulatedAccount
from pipeline.demo.emulator.building import KeyRef
from pipeline.demo.emulator.faults import Faults
from pipeline.demo.emulator.front import Front
from pipeline.demo.emulator.identity_center import IdentityCenter
from pipeline.demo.emulator.instants import Clock, stored, wall_clock
from pipeline.demo.emulator.log import CallLog
from pipeline.demo.emulator.server import Server
from pipeline.demo.emulator.state import AccountState, RootFacts
from pipeline.demo.emulator.sts import TokenService

HUB_ACCOUNT, HUB_USER = "999900001111", "certification-center"
FOREIGN_SETTINGS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""What would lead a client that should talk to the emulator elsewhere."""


class Emulator:
    """An emulated AWS on a loopback port, of this process and gone with it.

    `seed` fills it before it starts to answer. `clock` dates what happens (reports, use of users' keys) and may stand
    still; `session_clock` judges the expiry of sessions and should be the wall clock, for SDKs compare expirations
    with theirs.
    """

    def __init__(
        self,
        seed: Callable[[Emulator], object] | None = None,
        *,
        clock: Clock = wall_clock,
        session_clock: Clock = wall_clock,
        organization_id: str = "o-certify0001",
        port: int = 0,
    ) -> None:
        self.clock = clock
        self.organization_id = organization_id
        self.faults = Faults()
        self.log = CallLog()
        self._accounts: dict[str, EmulatedAccount] = {}
        self._states: dict[str, AccountState] = {}
        self._keyring = Keyring(self._states, self.faults, clock, session_clock)
        tokens = TokenService(self._keyring, self.find_account, organization_id, session_clock)
        self._centers: dict[str, IdentityCenter] = {}
        front = Front(self._keyring, tokens, self.find_account, self._centers, self.faults, self.log, clock)
        self._server = Server(front.answer, port)
        self._hub = self._make_hub()
        if seed is not None:
            seed(self)

    def __enter__(self) -> Emulator:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL has to be."""
        return self._server.url

    @property
    def hub_arn(self) -> str:
        """The principal a role has to trust so that `environment()` can assume it."""
        return f"arn:aws:iam::{HUB_ACCOUNT}:user/{HUB_USER}"

    def account(self, account_id: str, *, partition: str = "aws", in_organization: bool = True) -> EmulatedAccount:
        """The builder of an account, made at the first mention."""
        place = f"{partition}/{account_id}"
        if place not in self._accounts:
            self._states[place] = self._state(account_id, partition, in_organization)
            self._accounts[place] = EmulatedAccount(self._states[place], self._states[place].root.created)
        return self._accounts[place]

    def find_account(self, account_id: str, partition: str) -> AccountState | None:
        """An account that was mentioned, or None."""
        return self._states.get(f"{partition}/{account_id}")

    def identity_center(self, account_id: str) -> IdentityCenter:
        """The Identity Center of the organization whose management account this is, made at the first mention."""
        account = self.account(account_id)
        return self._centers.setdefault(account_id, IdentityCenter(account_id, account.state.lock))

    def environment(self, *, access_key_id: str = "", secret: str = "", region: str = "us-east-1") -> dict[str, str]:
        """The variables that make any AWS SDK talk to this emulator, as the hub or with another key.

        Nothing can reach real AWS.
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": access_key_id or self._hub.access_key_id,
            "AWS_SECRET_ACCESS_KEY": secret or self._hub.secret,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    @contextmanager
    def exported(self, environ: MutableMapping[str, str]) -> Iterator[None]:
        """Have `environment()` in `environ` for a while, and nothing beside it that would lead elsewhere."""
        wanted = self.environment()
        before = {name: environ.get(name) for name in (*wanted, *FOREIGN_SETTINGS)}
        for name in FOREIGN_SETTINGS:
            environ.pop(name, None)
        environ.update(wanted)
        try:
            yield
        finally:
            for name, value in before.items():
                environ.pop(name, None)
                if value is not None:
                    environ[name] = value

    def expire_sessions(self) -> None:
        """Let every session given out so far be expired."""
        self._keyring.expire_sessions()

    def _state(self, account_id: str, partition: str, in_organization: bool) -> AccountState:
        backend = IAMBackend(partition, account_id=account_id)
        add_aws_policies(backend)
        return AccountState(account_id, partition, backend, RootFacts(_BIRTH), in_organization)

    def _make_hub(self) -> KeyRef:
        hub = self.account(HUB_ACCOUNT)
        user = hub.user(HUB_USER)
        hub.inline_policy(user, "assume-certification-roles", ["sts:AssumeRole"])
        return hub.key(user)


_BIRTH = stored(datetime(2021, 3, 1, 9, 0))
