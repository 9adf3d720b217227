"""The emulated AWS's CloudTrail: every call, in order.

Tests read it to hold call budgets and to prove that no write was ever sent.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import overload

_UNLOGGED = frozenset({"Action", "Version", "Policy", "PolicyDocument", "Password", "ExternalId"})


@dataclass(frozen=True)
class Call:
    """One answered call.

    `action` is `service:Action`; `account` is the account acted upon (for AssumeRole, the role's); `principal` is the
    caller's ARN, empty when it was not recognised; `error_code` is empty on success. `params` are the request's
    parameters without secrets and documents; of these, `has_external_id` and `session_policy` tell what an AssumeRole
    carried.
    """

    action: str
    service: str
    account: str
    principal: str
    at: datetime
    status: int
    error_code: str = ""
    session_name: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    has_external_id: bool = False
    session_policy: str = ""


def loggable(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters that may be kept."""
    return {name: value for name, value in params.items() if name not in _UNLOGGED}


class CallLog(Sequence[Call]):
    """A list of `Call`s that many threads may add to."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        """Note one answered call."""
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        """Forget everything noted so far."""
        with self._lock:
            self._calls.clear()

    def matching(self, action: str = "", *, account: str = "", error_code: str | None = None) -> list[Call]:
        """The calls of one action, account or outcome; `error_code=""` asks for the successful ones."""
        return [
            call
            for call in self.snapshot()
            if (not action or call.action == action)
            and (not account or call.account == account)
            and (error_code is None or call.error_code == error_code)
        ]

    def count(self, action: str = "", *, account: str = "", error_code: str | None = None) -> int:
        """How many calls `matching` would give."""
        return len(self.matching(action, account=account, error_code=error_code))

    def actions(self) -> set[str]:
        """Every action that was tried."""
        return {call.action for call in self.snapshot()}

    def snapshot(self) -> list[Call]:
        """A copy that later calls do not change."""
        with self._lock:
            return list(self._calls)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | Sequence[Call]:
        return self.snapshot()[index]

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self.snapshot())
