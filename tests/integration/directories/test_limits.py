"""A directory that drips or never ends costs its own connection and nothing else: no thread, no memory, no minute."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.connections.models import Connection
from pipeline.connections.network import LdapConnection, ScimConnection
from pipeline.demo.emulator import Emulator
from pipeline.landing.extraction import extract, extract_many
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.read_limits import (
    MEGABYTE,
    CancelledReadError,
    ReadBudget,
    ReadLimitError,
    ReadLimits,
    current,
    sleep,
    within,
)
from pipeline.settings import Settings
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import ACCOUNT
from tests.integration.directories.aws_iam.reading import NOW as AWS_NOW
from tests.integration.directories.aws_iam.reading import connect as aws_connect
from tests.integration.directories.ldap.slapd import certificates
from tests.support.wires import (
    BOUND,
    FOUND,
    Wire,
    ber_request,
    done,
    dripping,
    entry,
    http_answer,
    http_request,
    operation,
)

pytestmark = pytest.mark.promise("P37")

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SHORT = Settings(read_deadline=timedelta(seconds=2))


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture(autouse=True)
def _nothing_stays_behind() -> Iterator[None]:
    before, files = set(threading.enumerate()), open_files()
    yield
    until = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < until:
        time.sleep(0.05)
    assert set(threading.enumerate()) <= before
    assert open_files() <= files + 2


def attempt(connection: Connection, folder: Path, settings: Settings = SHORT) -> Manifest:
    """Read as a sync does; the landing holds the one manifest of it, and no half file."""
    began = time.monotonic()
    manifest = extract(connection, landing=Landing(folder), settings=settings, as_of=NOW, run_id="run")
    assert time.monotonic() - began < 30  # of a busy machine; the deadline is 2 s
    assert [each.name for each in folder.rglob("*") if each.is_file()] == ["manifest.json"]
    return manifest


def scim(wire: Wire, **keys: Any) -> ScimConnection:
    url = f"http://127.0.0.1:{wire.port}/v2"
    return ScimConnection(**{"name": "okta", "url": url, "token": SecretStr("tok-0123456789"), **keys})


def ldap(wire: Wire) -> LdapConnection:
    return LdapConnection(
        name="corp",
        url=f"ldaps://localhost:{wire.port}",
        base_dn="dc=corp",
        bind_dn="cn=reader",
        bind_password=SecretStr("a-password"),
        ca_file=certificates().authority,
    )


def ldap_wire(say: Any) -> Wire:
    """A server that lets everybody in and answers searches with `say`."""

    def answer(request: bytes, number: int) -> Iterable[bytes]:
        if operation(request) == 0x60:
            return [done(request, BOUND)]
        return say(request, number) if operation(request) == 0x63 else []

    held = certificates()
    return Wire(answer, request=ber_request, tls=(str(held.server), str(held.key)))


def people(start: int, count: int) -> bytes:
    listed = [{"id": str(start + number), "userName": f"u{start + number}"} for number in range(count)]
    return json.dumps({"totalResults": 10**9, "startIndex": start, "Resources": listed}).encode()


WHOLE = http_answer(b'{"totalResults": 0, "Resources": []}')


@pytest.mark.parametrize("dripped", ["status line", "headers", "body", "a chunk"])
def test_a_scim_service_that_drips_ends_at_the_deadline(tmp_path: Path, dripped: str) -> None:
    heads = {
        "status line": b"",
        "headers": b"HTTP/1.1 200 OK\r\nX-A: ",
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        "a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
    }

    def say(request: bytes, number: int) -> Iterable[bytes]:
        yield heads[dripped]
        yield from dripping(b"HTTP/1.1 200 " if dripped == "status line" else b"{")

    with Wire(say, request=http_request) as wire:
        manifest = attempt(scim(wire), tmp_path)
        (problem,) = manifest.problems
        assert (manifest.status, problem.code, problem.connection) == ("failed", "read_took_too_long", "okta")
        assert "2s of read_deadline had passed" in problem.message
        assert "`read_deadline` in settings.yaml" in problem.remedy
        assert {each.action: each.outcome for each in manifest.coverage}["scim:ListUsers"] == "failed"
        assert wire.requests == 1


def test_one_answer_that_drips_is_asked_for_again_before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request has a time of its own: the next one may be answered."""

    def say(request: bytes, number: int) -> Iterable[bytes]:
        return dripping(WHOLE[:40]) if number == 1 else [WHOLE]

    from pipeline.directories.scim.reader import SCIM

    limits = ReadLimits(seconds=60, answer_seconds=1)
    with Wire(say, request=http_request) as wire, within(ReadBudget(limits, "okta")):
        snapshot = SCIM.read(scim(wire), as_of=NOW, run_id="run")
        assert (snapshot.status, snapshot.retries) == ("complete", 1)


def test_endless_pages_of_a_scim_service_end_at_the_deadline_and_say_how_far_it_got(tmp_path: Path) -> None:
    def say(request: bytes, number: int) -> Iterable[bytes]:
        start = int(request.partition(b"startIndex=")[2].partition(b"&")[0])
        return [http_answer(people(start, 10))]

    with Wire(say, request=http_request) as wire:
        (problem,) = attempt(scim(wire), tmp_path).problems
        assert problem.code == "read_took_too_long"
        assert "it was reading scim:ListUsers, " in problem.message
        assert "0 read so far" in problem.message
        within_pages = ReadBudget(ReadLimits(pages=50), "okta")
        with within(within_pages):
            from pipeline.directories.scim.reader import SCIM

            snapshot = SCIM.read(scim(wire), as_of=NOW, run_id="run")
        assert [each.code for each in snapshot.problems] == ["read_too_large"]
        assert "more than 50 pages (it was reading" in snapshot.problems[0].message


@pytest.mark.parametrize(
    ("megabytes", "says"), [(1, "more than 1 MB in all"), (4096, "more than 256 MB in one answer")]
)
def test_an_endless_body_ends_at_its_size(tmp_path: Path, megabytes: int, says: str) -> None:
    def say(request: bytes, number: int) -> Iterable[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        while True:
            yield b"[" * MEGABYTE

    settings = Settings(read_deadline=timedelta(minutes=5), max_read_mb=megabytes)
    with Wire(say, request=http_request) as wire:
        (problem,) = attempt(scim(wire), tmp_path, settings).problems
        assert problem.code == "read_too_large"
        assert says in problem.message
        assert wire.sent < (megabytes + 20 if megabytes == 1 else 300) * MEGABYTE


def test_a_pause_that_a_service_asks_for_ends_at_the_deadline(tmp_path: Path) -> None:
    busy = b"HTTP/1.1 429 Busy\r\nRetry-After: 100\r\nContent-Length: 0\r\n\r\n"
    with Wire(lambda *_: [busy], request=http_request) as wire:
        (problem,) = attempt(scim(wire), tmp_path).problems
        assert problem.code == "read_took_too_long"
        assert wire.requests == 1


@pytest.mark.parametrize("endless", ["drips a message", "a huge message that drips", "entries", "pages", "the login"])
def test_an_ldap_server_that_never_ends_ends_at_the_deadline(tmp_path: Path, endless: str) -> None:
    def say(request: bytes, number: int) -> Iterable[bytes]:
        if endless == "drips a message":
            yield from dripping(entry(request, "uid=a,dc=corp", uid="a" * 60_000), 0.01)
        if endless == "a huge message that drips":
            yield b"\x30\x84\x7f\xff\xff\xff"
            yield from dripping(b"\x02", 0.01)
        if b"inetOrgPerson" not in request:
            yield done(request, FOUND)
        for each in range(10**9 if endless == "entries" else 5):
            yield entry(request, f"uid=a{number}-{each},dc=corp", objectClass="inetOrgPerson", uid=f"a{number}-{each}")
        yield done(request, FOUND, b"more")

    with ldap_wire(say) as wire:
        if endless == "the login":
            wire._say = lambda request, _: dripping(done(request, BOUND)[:-1] + b"\x05", 0.05)
        manifest = attempt(ldap(wire), tmp_path)
    (problem,) = manifest.problems
    assert (manifest.status, problem.code) == ("failed", "read_took_too_long")
    if endless == "pages":
        assert "it was reading ldap:SearchUsers, " in problem.message


def test_more_than_an_ldap_server_may_send_ends_the_read(tmp_path: Path) -> None:
    def say(request: bytes, number: int) -> Iterable[bytes]:
        for each in range(10**9 if b"inetOrgPerson" in request else 0):
            yield entry(request, f"uid={each},dc=corp", uid="x" * 50_000)
        yield done(request, FOUND)

    with ldap_wire(say) as wire:
        (problem,) = attempt(ldap(wire), tmp_path, Settings(max_read_mb=1)).problems
    assert (problem.code, "more than 1 MB in all" in problem.message) == ("read_too_large", True)


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(clock=lambda: AWS_NOW) as emulator, emulator.exported(os.environ):
        yield emulator


class Relay:
    """Stands between a read and the emulated AWS, and answers some actions otherwise."""

    def __init__(self, target: str, otherwise: Any) -> None:
        self.target, self.otherwise = target, otherwise

    def __call__(self, request: bytes, _: int) -> Iterable[bytes]:
        import http.client
        from urllib.parse import parse_qs, urlsplit

        head, _, body = request.partition(b"\r\n\r\n")
        action = parse_qs(body.decode()).get("Action", [""])[0]
        answer = self.otherwise(action, body)
        if answer is not None:
            return answer
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        upstream = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=10)
        upstream.request("POST", "/", body, dict(lines))
        found = upstream.getresponse()
        said = http_answer(found.read(), "text/xml", f"{found.status} X")
        upstream.close()
        return [said]


LISTED = """<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult><IsTruncated>true
</IsTruncated><Marker>m{0}</Marker><Users><member><Path>/</Path><UserName>u{0}</UserName><UserId>AIDA{0:016}</UserId>
<Arn>arn:aws:iam::111122223333:user/u{0}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Users>
</ListUsersResult></ListUsersResponse>"""


@pytest.mark.parametrize(
    "what", ["ListUsers", "GetAccountAuthorizationDetails", "AssumeRole", "ListAccessKeys", "pages"]
)
def test_an_aws_that_drips_or_lists_for_ever_ends_at_the_deadline(
    aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    account = aws.account(ACCOUNT)
    full_account(account)
    connection = aws_connect(aws, account)
    pages = iter(range(10**9))

    def otherwise(action: str, body: bytes) -> Iterable[bytes] | None:
        if what == "pages" and action == "ListUsers":
            return [http_answer(LISTED.format(next(pages)).encode(), "text/xml")]
        if action == what:
            return dripping(http_answer(b"<A" * 10_000, "text/xml"))
        return None

    with Wire(Relay(aws.endpoint_url, otherwise), request=http_request) as wire:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{wire.port}")
        if what == "ListAccessKeys":
            aws.faults.deny("iam:GenerateCredentialReport", account=account.account_id)
        manifest = attempt(connection, tmp_path)
    (problem,) = manifest.problems
    assert (manifest.status, problem.code) == ("failed", "read_took_too_long"), problem


def test_the_others_go_on_while_one_drips(tmp_path: Path) -> None:
    """Side by side in one run, and each lands what it is."""

    def say(request: bytes, number: int) -> Iterable[bytes]:
        return dripping(b"HTTP/1.1 200 ")

    with Wire(say, request=http_request) as slow, Wire(lambda *_: [WHOLE], request=http_request) as quick:
        told: list[tuple[str, float]] = []
        connections = [scim(slow, name="slow"), *(scim(quick, name=f"quick{number}") for number in range(3))]
        manifests = extract_many(
            connections,
            landing=Landing(tmp_path),
            settings=SHORT,
            clock=lambda: NOW,
            run_id="run",
            progress=lambda name, *_: told.append((name, time.monotonic())),
        )
    assert [each.status for each in manifests] == ["failed", *["complete"] * 3]


def test_an_interrupt_ends_a_dripping_read_at_once(tmp_path: Path) -> None:
    with Wire(lambda *_: dripping(b"HTTP/1.1 200 "), request=http_request) as slow:
        stop = threading.Event()
        threading.Timer(0.5, stop.set).start()
        with pytest.raises(CancelledReadError):
            extract(scim(slow), landing=Landing(tmp_path), settings=Settings(), as_of=NOW, run_id="run", stop=stop)
    assert not any(tmp_path.rglob("manifest.json"))


def test_a_budget_keeps_its_first_verdict() -> None:
    now = [0.0]
    budget = ReadBudget(ReadLimits(seconds=10), "c", clock=lambda: now[0])
    budget.note("scim:ListUsers", 1200)
    assert budget.check() == 10
    now[0] = 10.0
    with pytest.raises(ReadLimitError, match="it was reading scim:ListUsers, 1,200 read so far"):
        budget.check()
    with pytest.raises(ReadLimitError, match="read_deadline"):
        budget.too_much("x", "y")
    assert current() is not budget
    with within(budget), pytest.raises(ReadLimitError):
        sleep(0)


def test_groups_that_multiply_end_the_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of many groups inside the next, with many members in the last: a small answer, and a billion memberships."""
    from pipeline import read_limits
    from pipeline.directories.scim.reader import SCIM

    monkeypatch.setattr(read_limits, "MOST_MEMBERSHIPS", 1000)
    users = [{"id": f"u{number}", "userName": f"u{number}"} for number in range(50)]
    last = [{"id": "g0", "displayName": "g0", "members": [{"value": user["id"]} for user in users]}]
    others = [{"id": f"g{n}", "displayName": f"g{n}", "members": [{"value": f"g{n - 1}"}]} for n in range(1, 40)]

    def say(request: bytes, number: int) -> Iterable[bytes]:
        listed = [*last, *others] if b"/Groups" in request else users
        body = {"totalResults": len(listed), "startIndex": 1, "Resources": listed}
        return [http_answer(json.dumps(body).encode())]

    with Wire(say, request=http_request) as wire, within(ReadBudget(ReadLimits(), "okta")):
        snapshot = SCIM.read(scim(wire, page_size=200), as_of=NOW, run_id="run")
    assert [(each.code, "more than 1,000 memberships" in each.message) for each in snapshot.problems] == [
        ("read_too_large", True)
    ]
