"""What STS may answer beside yes and no, each told in words that lead out of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from pipeline.demo.emulator import Emulator
from pipeline.home import Home
from tests.integration.cli.connect.conftest import ACCOUNT, ROLE
from tests.integration.cli.running import Ran

ERROR = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
)
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::999900001111:user/hub</Arn><UserId>AIDA</UserId><Account>999900001111</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


@contextmanager
def sts(refused: str, code: str, message: str) -> Iterator[str]:
    """An STS that knows who calls and answers the action `refused` with an error; gives its URL."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            action = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["Action"][0]
            body = ERROR.format(code=code, message=message) if action == refused else IDENTITY
            self.send_response(403 if action == refused else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("action", "code", "message", "problem", "says"),
    [
        ("AssumeRole", "RegionDisabledException", "STS is not activated", "sts_region_disabled", "set AWS_REGION"),
        ("GetCallerIdentity", "ExpiredToken", "expired", "aws_credentials_rejected", "inactive, expired or mistyped"),
        ("AssumeRole", "ExpiredToken", "expired", "aws_credentials_rejected", "inactive, expired or mistyped"),
        (
            "GetCallerIdentity",
            "SignatureDoesNotMatch",
            "Signature expired: 20261124T031500Z is now earlier than 20261124T041500Z",
            "aws_credentials_rejected",
            "this machine's clock is wrong",
        ),
    ],
    ids=["region opt-in", "expired credentials", "expired in between", "clock skew"],
)
def test_an_answer_of_sts_is_told_with_its_way_out(
    certify: Callable[..., Ran],
    home: Home,
    aws: Emulator,
    action: str,
    code: str,
    message: str,
    problem: str,
    says: str,
) -> None:
    assert certify("connect", "aws", "production").code == 0
    with sts(action, code, message) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        arn = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
        ran = certify("connect", "aws", "production", "--role-arn", arn, "--json")
    [told] = json.loads(ran.out)["problems"]
    assert (ran.code, told["code"]) == (4, problem)
    assert says in told["remedy"]
    assert message in told["message"] or code == "RegionDisabledException"
    assert not home.connections_file.exists()
