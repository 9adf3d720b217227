"""Whatever bytes an LDAP server answers: every entry of it is read, or the attempt failed and says why."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from pipeline.connections.network import LdapConnection
from pipeline.directories.ldap.reader import LDAP
from pipeline.directories.ldap.session import LdapTimeouts
from pipeline.landing.extraction import extract
from pipeline.landing.store import Landing
from pipeline.settings import Settings
from tests.integration.directories.ldap.reading import NOW
from tests.integration.directories.ldap.slapd import certificates
from tests.integration.fuzz.fuzzing import DAMAGE, EXAMPLES, WATCH, damaged, example_settings, settled
from tests.support.wires import BOUND, FOUND, Wire, ber, ber_request, done, entry, message_id, operation

QUICK = replace(LDAP, sleep=lambda _: None, patience=LdapTimeouts(connect_seconds=1, read_seconds=1, attempts=2))
PEOPLE = b"inetOrgPerson"


def served(say: Any) -> Wire:
    held = certificates()
    return Wire(say, request=ber_request, tls=(str(held.server), str(held.key)))


def connect(wire: Wire, **keys: Any) -> LdapConnection:
    given_keys = {
        "name": "corp",
        "url": f"ldaps://localhost:{wire.port}",
        "base_dn": "dc=corp",
        "bind_dn": "cn=reader",
        "bind_password": SecretStr("a-password"),
        "ca_file": certificates().authority,
    }
    return LdapConnection(**{**given_keys, **keys})


def person(request: bytes, number: int) -> bytes:
    held = {"uid": f"u{number}", "cn": f"Änn {number}", "mail": f"u{number}@corp.org", "entryUUID": f"id-{number}"}
    return entry(
        request, f"uid=u{number},dc=corp", objectClass="inetOrgPerson", createTimestamp="20260102030405Z", **held
    )


class Answers:
    """A directory of three people; what it answers to one kind of request is damaged."""

    def __init__(self) -> None:
        self.damage: Any = []
        self.of = "people"
        self.noise = b""

    def __call__(self, request: bytes, _: int) -> Iterable[bytes | None]:
        asked = "login" if operation(request) == 0x60 else "people" if PEOPLE in request else "other"
        if operation(request) == 0x42:
            return
        if asked == "login":
            answer = done(request, BOUND)
        elif asked == "people":
            answer = b"".join(person(request, number) for number in range(3)) + done(request, FOUND, b"")
        else:
            answer = done(request, FOUND)
        if asked == self.of:
            yield self.noise + damaged(answer, self.damage)
            if self.damage or self.noise:
                yield None
        else:
            yield answer


def whole(message: bytes, inner: list[bytes]) -> bytes:
    """A message of well-formed BER that is no LDAP."""
    return ber(0x30, message_id(message), *inner)


BER = st.recursive(
    st.tuples(st.sampled_from([0x01, 0x02, 0x04, 0x0A, 0x05, 0x80, 0x87]), st.binary(max_size=6)).map(
        lambda part: ber(part[0], part[1])
    ),
    lambda inner: st.tuples(
        st.sampled_from([0x30, 0x31, 0x61, 0x64, 0x65, 0x73, 0x78, 0x79, 0xA0, 0xA3]), st.lists(inner, max_size=4)
    ).map(lambda part: ber(part[0], *part[1])),
    max_leaves=12,
)


@pytest.mark.promise("P11")
@EXAMPLES
def test_damaged_answers_are_read_whole_or_refused(tmp_path: Path, examples: int) -> None:
    answers = Answers()
    with served(answers) as wire:
        connection, landing = connect(wire), Landing(tmp_path)

        @example_settings(examples)
        @given(DAMAGE, st.sampled_from(["people", "people", "people", "login", "other"]), st.lists(BER, max_size=2))
        def answered(damage: Any, of: str, noise: list[bytes]) -> None:
            answers.damage, answers.of = damage, of
            answers.noise = b"".join(ber(0x30, b"\x02\x01\x01", each) for each in noise)
            with WATCH.over(tmp_path, certificates().authority.parent):
                manifest = extract(
                    connection, landing=landing, settings=Settings(), as_of=NOW, run_id="run", directory=QUICK
                )
            settled(manifest)
            if not damage and not noise:
                assert (manifest.status, manifest.tables["accounts"].rows) == ("complete", 3)

        answered()


@pytest.mark.parametrize("examples", [100])
def test_the_tables_are_the_same_whatever_the_order_and_the_size_of_pages(examples: int) -> None:
    order: list[int] = []
    most = [1]

    def say(request: bytes, _: int) -> Iterable[bytes | None]:
        if operation(request) == 0x60:
            yield done(request, BOUND)
        elif operation(request) == 0x63 and PEOPLE in request:
            start = int((request.rpartition(b"from ")[2] or b"0").strip(b"\0")) if b"from " in request else 0
            for number in order[start : start + most[0]]:
                yield person(request, number)
            after = start + most[0]
            yield done(request, FOUND, b"from %d" % after if after < len(order) else b"")
        elif operation(request) == 0x63:
            yield done(request, FOUND)

    with served(say) as wire:
        connection = connect(wire)

        @example_settings(examples)
        @given(st.integers(1, 9), st.randoms(use_true_random=False), st.integers(1, 9), st.integers(1, 9))
        def same(people: int, draw: random.Random, first: int, second: int) -> None:
            tables = []
            for size in (first, second):
                order[:] = draw.sample(range(people), people)
                most[0] = size
                snapshot = QUICK.read(connection, as_of=NOW, run_id="run")
                assert snapshot.status == "complete", snapshot.problems
                tables.append(snapshot.tables)
            assert tables[0] == tables[1]
            assert tables[0]["accounts"].num_rows == people

        same()
