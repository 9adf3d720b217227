"""Passes every other action on to moto.

moto's own response class is used, bound to one account's backend instead of moto's global ones. What moto forgets to do
afterwards (a password's date, the groups of a deleted user) is made good here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from moto.core.request import Request
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from pipeline.demo.emulator.errors import ApiError
from pipeline.demo.emulator.instants import stored
from pipeline.demo.emulator.request import ApiRequest
from pipeline.demo.emulator.state import AccountState

_CODE, _MESSAGE = re.compile(r"<Code>(.*?)</Code>"), re.compile(r"<Message>(.*?)</Message>", re.DOTALL)


def through_moto(state: AccountState, request: ApiRequest, now: datetime) -> bytes:
    """Let moto answer a request that is allowed; gives the body of its success, raises its refusal as an `ApiError`."""

    class Response(IamResponse):
        @property
        def backend(self) -> IAMBackend:
            return state.backend

    headers = dict(request.headers) | {"x-moto-account-id": state.account_id}
    url = f"http://{headers.get('host', 'iam')}{request.target}"
    try:
        status, _, body = Response()._dispatch(Request.from_primitives(request.method, url, headers, request.body))
    except NotImplementedError as fault:
        raise ApiError("NotImplemented", f"The emulated AWS has no {request.action}", 501) from fault
    text = body.decode() if isinstance(body, bytes) else str(body)
    if int(status) >= 400:
        code, message = _CODE.search(text), _MESSAGE.search(text)
        raise ApiError(code.group(1) if code else "Refused", message.group(1) if message else text, int(status))
    _afterwards(state, request.action, request.params, stored(now))
    return text.encode()


def _afterwards(state: AccountState, action: str, params: dict[str, str], now: datetime) -> None:
    name = params.get("UserName", "")
    if action == "DeleteUser":
        for group in state.backend.groups.values():
            group.users = [user for user in group.users if user.name != name]
    elif action == "CreateLoginProfile":
        facts = state.facts(state.user(name))
        facts.password_created, facts.password_changed = now, None
    elif action == "UpdateLoginProfile":
        state.facts(state.user(name)).password_changed = now
    elif action in _MAKES_DATED:
        _MAKES_DATED[action](state, params, now)


def _date_user(state: AccountState, params: dict[str, str], now: datetime) -> None:
    state.user(params["UserName"]).create_date = now


def _date_key(state: AccountState, params: dict[str, str], now: datetime) -> None:
    state.user(params["UserName"]).access_keys[-1].create_date = now


_MAKES_DATED: dict[str, Any] = {"CreateUser": _date_user, "CreateAccessKey": _date_key}
