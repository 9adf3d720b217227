"""Whatever AWS answers: what is read is right, or the attempt says what is not; no user is lost in silence."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.aws.source_session import RetryPolicy
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.reader import AWS_IAM
from pipeline.landing.extraction import extract
from pipeline.landing.store import Landing
from pipeline.settings import Settings
from tests.integration.directories.aws_iam.accounts import PEOPLE, full_account, people_account
from tests.integration.directories.aws_iam.reading import ACCOUNT, NOW, complete, connect, read
from tests.integration.directories.aws_identity_center import centers
from tests.integration.fuzz.fuzzing import example_settings, rewritten, settled
from tests.support.wires import Wire, http_answer, http_request

PAYLOADS = pytest.mark.parametrize(
    "payloads", [100, pytest.param(5000, marks=[pytest.mark.soak, pytest.mark.timeout(0)])]
)
QUICK = replace(AWS_IAM, sleep=lambda _: None, threads=2, patience=RetryPolicy(read_seconds=2, attempts=1))
HARMS = ("drop", "empty", "retype", "twice", "oversize", "marker", "cut", "case", "429", "500", "noise")
ANSWERS = st.integers(0, 11).map(lambda back: 11 - back)
"""Which answer of a read suffers; the last ones first, for a read that cannot even begin asks nothing more."""
STRIKES = st.lists(
    st.tuples(ANSWERS, st.sampled_from(HARMS), st.floats(0, 1), st.binary(max_size=12)),
    min_size=4,
    max_size=8,
    unique_by=lambda strike: strike[0],
)
BUSY = b"<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(clock=lambda: NOW) as emulator, emulator.exported(os.environ):
        yield emulator


def harmed(body: bytes, harm: str, at: float, noise: bytes) -> bytes:
    """One element of the answer dropped, emptied, given another value, twice or too much; or the whole cut short."""
    if body.startswith(b"{") and harm in ("drop", "retype", "twice", "oversize", "case"):
        return json.dumps(rewritten(json.loads(body), [(at, harm, noise.decode("latin-1"))])).encode()
    elements = list(re.finditer(rb"<(\w+)>([^<]*)</\1>", body))
    if harm == "cut":
        return body[: int(at * len(body))]
    if harm == "noise":
        start = int(at * len(body))
        return body[:start] + noise + body[start + 3 :]
    if harm == "marker":
        return body.replace(
            b"<IsTruncated>false</IsTruncated>", b"<IsTruncated>true</IsTruncated><Marker>again</Marker>"
        )
    if not elements:
        return body
    found = elements[min(int(at * len(elements)), len(elements) - 1)]
    tag, old = found[1], found[0]
    new = {
        "drop": b"",
        "empty": b"<%s/>" % tag,
        "retype": b"<%s>%s</%s>" % (tag, b"x&lt;y &#233;" + re.sub(rb"[<&\x00-\x1f\x80-\xff]", b"", noise), tag),
        "twice": old * 2,
        "oversize": b"<%s>%s</%s>" % (tag, b"9" * 70_000, tag),
        "case": b"<%s>%s</%s>" % (tag.swapcase(), found[2], tag.swapcase()),
    }[harm]
    return body[: found.start()] + new + body[found.end() :]


class Tampering:
    """Between a read and the emulated AWS: the n-th answer of a read suffers what is said for it."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.strikes: dict[int, tuple[str, float, bytes]] = {}
        self.answers = self.struck = 0

    def __call__(self, request: bytes, _: int) -> Iterable[bytes | None]:
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        upstream = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=10)
        upstream.request("POST", "/", body, headers)
        found = upstream.getresponse()
        status, said = f"{found.status} X", found.read()
        upstream.close()
        number = self.answers
        self.answers += 1
        strike = self.strikes.get(number)
        is_sts = parse_qs(body.decode()).get("Version") == ["2011-06-15"]
        if strike and not (is_sts and strike[0] in ("429", "500")):
            self.struck += 1
            harm, at, noise = strike
            if harm in ("429", "500"):
                status, said = f"{harm} X", BUSY if harm == "429" else b""
            else:
                said = harmed(said, harm, at, noise)
        yield http_answer(said, "text/xml", status)
        yield None


@pytest.mark.promise("P11")
@PAYLOADS
def test_bad_answers_of_aws_are_read_right_or_refused(
    aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payloads: int
) -> None:
    account = aws.account(ACCOUNT)
    full_account(account)
    connection, landing = connect(aws, account), Landing(tmp_path)
    ids = {user["user_id"] for user in account.truth()["users"]}
    tampering, reads = Tampering(aws.endpoint_url), itertools.count()
    with Wire(tampering, request=http_request) as wire:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{wire.port}")

        @example_settings(payloads // 4)
        @given(STRIKES)
        def answered(strikes: Any) -> None:
            tampering.answers = 0
            tampering.strikes = {number: (harm, at, noise) for number, harm, at, noise in strikes}
            manifest = extract(
                connection,
                landing=landing,
                settings=Settings(),
                as_of=NOW + timedelta(seconds=next(reads)),
                run_id="run",
                directory=QUICK,
                accept_shrink=True,
            )
            settled(manifest)
            if manifest.status == "complete" and not any(line.outcome == "failed" for line in manifest.coverage):
                found = landing.table(manifest, "users")["user_id"].to_pylist()
                assert len(found) + manifest.vanished == len(ids)  # one of another name is asked about, and gone
                assert len(set(found) & ids) >= len(ids) - manifest.vanished - len(strikes)

        answered()
    assert tampering.struck >= payloads * 0.5


@pytest.mark.soak  # its three clients take long to make
@pytest.mark.timeout(0)
@pytest.mark.parametrize("payloads", [5000])
def test_bad_answers_of_identity_center_are_read_right_or_refused(
    aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payloads: int
) -> None:
    monkeypatch.setattr("pipeline.aws.calls.LOST_PAUSES", ())
    center = aws.identity_center(centers.MANAGEMENT)
    ann = center.user("ann@corp", display_name="Ann Arbor", emails=["ann@example.com"])
    bob = center.user("bob", status="DISABLED")
    admins = center.group("admins", [ann, bob])
    center.account("222200000000", "workload")
    center.assign(center.permission_set("Administrator"), "222200000000", group=admins)
    connection, landing = centers.connect(aws), Landing(tmp_path)
    directory = replace(centers.FAST, threads=2, patience=RetryPolicy(read_seconds=2, attempts=1))
    tampering, reads = Tampering(aws.endpoint_url), itertools.count()
    with Wire(tampering, request=http_request) as wire:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{wire.port}")

        @example_settings(payloads // 10)
        @given(STRIKES)
        def answered(strikes: Any) -> None:
            tampering.answers = 0
            tampering.strikes = {number: (harm, at, noise) for number, harm, at, noise in strikes}
            manifest = extract(
                connection,
                landing=landing,
                settings=Settings(),
                as_of=NOW + timedelta(seconds=next(reads)),
                run_id="run",
                directory=directory,
                accept_shrink=True,
            )
            settled(manifest)

        answered()
    assert tampering.struck >= payloads * 0.1


@pytest.mark.promise("P8")
@pytest.mark.parametrize("examples", [20, pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(0)])])
def test_two_reads_of_random_accounts_give_the_same_tables_whatever_the_pages(aws: Emulator, examples: int) -> None:
    numbers = iter(range(100_000_000_000, 200_000_000_000))

    @example_settings(examples)
    @given(PEOPLE, st.integers(1, 4), st.integers(1, 7))
    def same(people: Any, first: int, second: int) -> None:
        account: EmulatedAccount = aws.account(str(next(numbers)))
        people_account(account, people)
        connection = connect(aws, account)
        tables = []
        for size in (first, second):
            aws.faults.page_size(size)
            tables.append(complete(read(connection)).tables)
        for name, table in tables[0].items():
            left = table.drop_columns([each for each in ("evidence_as_of",) if each in table.column_names])
            right = tables[1][name].select(left.column_names)
            assert left == right, name

    same()
