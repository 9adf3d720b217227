"""Everything this package does not answer itself goes to moto: the writes, and the reads nobody here needs.

moto's own response class is used, bound to one account's backend instead of moto's global ones.
"""

from __future__ import annotations

from typing import Any

from moto.core.request import Request
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from pipeline.demo.emulator.errors import ApiError
from pipeline.demo.emulator.request import ApiRequest
from pipeline.demo.emulator.state import AccountState


def through_moto(state: AccountState, request: ApiRequest) -> tuple[int, bytes]:
    """Let moto answer; gives status and body. Raises NotImplemented where moto has nothing."""

    class Response(IamResponse):
        @property
        def backend(self) -> IAMBackend:
            return state.backend

    headers = dict(request.headers) | {"x-moto-account-id": state.account_id}
    primitive = Request.from_primitives(
        request.method, f"http://{headers.get('host', 'iam')}{request.target}", headers, request.body
    )
    try:
        status, _, body = Response()._dispatch(primitive)
    except NotImplementedError as fault:
        raise ApiError("NotImplemented", f"The emulated AWS has no {request.action}", 501) from fault
    return int(status), _bytes(body)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()
