"""Authenticates a request: long-lived keys of users, session keys of assumed roles."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from moto.iam.models import AccessKey, AccessKeyLastUsed, User

from pipeline.demo.emulator.errors import ApiError, invalid_token
from pipeline.demo.emulator.faults import Faults
from pipeline.demo.emulator.instants import Clock, stored
from pipeline.demo.emulator.principals import AssumedRoleSession, Principal, UserPrincipal
from pipeline.demo.emulator.request import ApiRequest
from pipeline.demo.emulator.state import AccountState


class Keyring:
    """Every key that opens something.

    `clock` dates the use of a user's key. `session_clock` judges expiry: it must agree with the caller's own clock,
    because SDKs compare the expiration they are given with it.
    """

    def __init__(
        self, accounts: Mapping[str, AccountState], faults: Faults, clock: Clock, session_clock: Clock
    ) -> None:
        self._accounts, self._faults, self._clock, self._session_clock = accounts, faults, clock, session_clock
        self._sessions: dict[str, AssumedRoleSession] = {}
        self._users: dict[str, tuple[AccountState, str]] = {}
        self._lock = Lock()

    def add(self, session: AssumedRoleSession) -> None:
        """Recognise a session from now on."""
        with self._lock:
            self._sessions[session.access_key_id] = session

    def expire_sessions(self) -> None:
        """Let every session given out so far be expired."""
        now = self._session_clock()
        with self._lock:
            for key, session in self._sessions.items():
                self._sessions[key] = AssumedRoleSession(**(vars(session) | {"expires_at": now}))

    def caller(self, request: ApiRequest) -> Principal:
        """The principal behind a request; raises the error AWS has for each way of not being one."""
        by = request.signed_by
        if by is None:
            raise ApiError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
        session = self._sessions.get(by.access_key_id)
        if session is not None:
            return self._session(request, session)
        state, user, key = self._user_key(by.access_key_id)
        _check_signature(request, key.secret_access_key)
        key.last_used = AccessKeyLastUsed(stored(self._clock()), by.service, by.region)
        return UserPrincipal(state.account_id, state.partition, user.name, user.id, user.arn, by.access_key_id)

    def _session(self, request: ApiRequest, session: AssumedRoleSession) -> AssumedRoleSession:
        if request.headers.get("x-amz-security-token") != session.token:
            raise invalid_token()
        _check_signature(request, session.secret)
        if session.expires_at <= self._session_clock() or self._faults.expires(session):
            raise ApiError("ExpiredToken", "The security token included in the request is expired", 403)
        return session

    def _user_key(self, access_key_id: str) -> tuple[AccountState, User, AccessKey]:
        """A user's Active key; where it was last found is remembered, for a search walks every account."""
        known = self._users.get(access_key_id)
        places = [known[0]] if known else list(self._accounts.values())
        for state in places:
            users = [state.backend.users.get(known[1])] if known else list(state.backend.users.values())
            for user in users:
                for key in user.access_keys if user else []:
                    if user and key.access_key_id == access_key_id and key.status == "Active":
                        self._users[access_key_id] = (state, user.name)
                        return state, user, key
        raise invalid_token()


def _check_signature(request: ApiRequest, secret: str) -> None:
    if not request.is_signed_with(secret):
        raise ApiError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
            " Access Key and signing method. Consult the service documentation for details.",
            403,
        )
