"""Compares the state of the checks with what was last announced.

Three states, because a check that was not or could not be evaluated is neither: what was failing stays so until
somebody has looked and found it healthy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["failing", "healthy", "unknown"]
CheckKey = tuple[str, str, str]
"""Asset, check, connection; the last is empty where a check is not about one."""


class CheckState(BaseModel):
    """How one check stands, for one connection; `code`, `what` and `remedy` are those of a failure."""

    model_config = ConfigDict(frozen=True)

    asset: str
    check: str
    connection: str = ""
    state: State
    at: datetime
    code: str = ""
    error_code: str = ""
    what: str = ""
    remedy: str = ""

    @property
    def key(self) -> CheckKey:
        return self.asset, self.check, self.connection


class CheckTransition(BaseModel):
    """What there is to tell. `gone` are failures of connections and checks that exist no more: nobody knows how they
    are."""

    failing: list[CheckState] = []
    healthy: list[CheckState] = []
    gone: list[CheckState] = []
    still: list[CheckState] = []

    @property
    def is_news(self) -> bool:
        """Whether anything changed; what still fails was told before."""
        return bool(self.failing or self.healthy or self.gone)


def compare(
    announced: Sequence[CheckState], seen: Iterable[CheckState], watched: Iterable[CheckKey]
) -> CheckTransition:
    """What changed between the failures that were `announced` and what is `seen` now.

    `watched` are all checks there can be, seen or not. The lists are in a lasting order.
    """
    now = {check_state.key: check_state for check_state in seen}
    before = {check_state.key: check_state for check_state in announced}
    existing = set(watched)
    change = CheckTransition()
    for key, check_state in sorted(now.items()):
        if check_state.state == "failing" and key not in before:
            change.failing.append(check_state)
    for key, check_state in sorted(before.items()):
        state = now[key].state if key in now else "unknown"
        if key not in existing:
            change.gone.append(check_state)
        elif state == "healthy":
            change.healthy.append(check_state)
        else:
            change.still.append(check_state)
    return change
