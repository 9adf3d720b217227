"""Whatever a SCIM service answers: every user of it is read, or the attempt failed and says why."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from pipeline.connections.network import ScimConnection
from pipeline.directories.scim.http import ScimTimeouts
from pipeline.directories.scim.reader import SCIM
from pipeline.landing.extraction import extract
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.settings import Settings
from tests.integration.directories.scim.reading import NOW
from tests.integration.fuzz.fuzzing import (
    DAMAGE,
    DOCUMENT_DAMAGE,
    EXAMPLES,
    WATCH,
    damaged,
    example_settings,
    rewritten,
    settled,
)
from tests.support.wires import Wire, http_answer, http_request

QUICK = replace(SCIM, sleep=lambda _: None, patience=ScimTimeouts(read_seconds=1, attempts=2, longest_pause=5))
USERS = [
    {
        "id": f"u{number}",
        "userName": f"user{number}",
        "active": number % 2 == 0,
        "name": {"givenName": "Änn", "familyName": "O'Néill", "formatted": "Änn O'Néill"},
        "emails": [{"value": f"u{number}@corp.org", "type": "work", "primary": True}],
        "roles": [{"value": "auditor", "display": "Auditor"}],
        "meta": {"created": "2026-01-02T03:04:05Z", "lastModified": "2026-01-02T03:04:05Z"},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": f"0{number}"},
    }
    for number in range(3)
]
GROUPS = [{"id": "g0", "displayName": "all", "members": [{"value": "u0"}, {"value": "g1", "type": "Group"}]}]


def listing(resources: list[dict[str, Any]]) -> dict[str, Any]:
    count = len(resources)
    return {"totalResults": count, "startIndex": 1, "itemsPerPage": count, "Resources": resources}


class Lists:
    """Answers what it was given, and hangs up."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}

    def __call__(self, request: bytes, _: int) -> Iterable[bytes | None]:
        path = urlsplit(request.split(b" ")[1].decode("latin-1"))
        yield self.answers.get(path.path.rpartition("/")[2], http_answer(b"{}", status="404 Not Found"))
        yield None


def attempt(wire: Wire, folder: Path) -> Manifest:
    url = f"http://127.0.0.1:{wire.port}/v2"
    connection = ScimConnection(name="okta", url=url, token=SecretStr("tok-0123456789"))
    landing = Landing(folder)
    with WATCH.over(folder):
        return extract(connection, landing=landing, settings=Settings(), as_of=NOW, run_id="run", directory=QUICK)


@pytest.mark.promise("P11")
@EXAMPLES
def test_documents_of_any_shape_are_read_whole_or_refused(tmp_path: Path, examples: int) -> None:
    lists = Lists()
    with Wire(lists, request=http_request) as wire:

        @example_settings(examples)
        @given(DOCUMENT_DAMAGE, DOCUMENT_DAMAGE, DAMAGE)
        def answered(of_users: Any, of_groups: Any, of_bytes: Any) -> None:
            users = rewritten(listing(USERS), of_users)
            groups = rewritten(listing(GROUPS), of_groups)
            lists.answers = {
                "Users": http_answer(damaged(json.dumps(users).encode(), of_bytes)),
                "Groups": http_answer(json.dumps(groups).encode()),
            }
            manifest = attempt(wire, tmp_path)
            settled(manifest)
            if manifest.status == "complete" and not of_bytes:
                listed = next((users[key] for key in users if key.lower() == "resources"), None) or []
                ids = {str(each[key]) for each in listed for key in each if key.lower() == "id"}
                assert manifest.tables["accounts"].rows == len(ids)

        answered()


@pytest.mark.promise("P11")
@EXAMPLES
def test_bytes_that_are_no_http_are_refused(tmp_path: Path, examples: int) -> None:
    good = http_answer(json.dumps(listing(USERS)).encode())
    lists = Lists()
    with Wire(lists, request=http_request) as wire:

        @example_settings(examples)
        @given(st.one_of(DAMAGE.map(lambda damage: damaged(good, damage)), st.binary(max_size=300)))
        def answered(raw: bytes) -> None:
            lists.answers = {"Users": raw, "Groups": http_answer(json.dumps(listing(GROUPS)).encode())}
            settled(attempt(wire, tmp_path))

        answered()


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"userName": st.text(min_size=1, max_size=6), "active": st.booleans()},
        optional={"displayName": st.text(max_size=6), "emails": st.just([{"value": "a@b.org"}])},
    ),
    max_size=12,
)


@pytest.mark.parametrize("examples", [100])
def test_the_tables_are_the_same_whatever_the_order_and_the_size_of_pages(tmp_path: Path, examples: int) -> None:
    served: list[dict[str, Any]] = []
    most = [3]

    def say(request: bytes, _: int) -> Iterable[bytes | None]:
        path = urlsplit(request.split(b" ")[1].decode())
        query = {name: int(value[0]) for name, value in parse_qs(path.query).items()}
        start, count = query["startIndex"], min(query["count"], most[0])
        listed = served if path.path.endswith("/Users") else []
        page = {**listing(listed[start - 1 : start - 1 + count]), "totalResults": len(listed), "startIndex": start}
        yield http_answer(json.dumps(page).encode())

    with Wire(say, request=http_request) as wire:
        url = f"http://127.0.0.1:{wire.port}/v2"

        @example_settings(examples)
        @given(PEOPLE, st.randoms(use_true_random=False), st.integers(1, 12), st.integers(1, 12))
        def same(people: Any, draw: random.Random, first: int, second: int) -> None:
            tables = []
            for size in (first, second):
                served[:] = [{"id": f"u{number}", **each} for number, each in enumerate(people)]
                draw.shuffle(served)
                most[0] = size
                connection = ScimConnection(name="okta", url=url, token=SecretStr("tok-0123456789"), page_size=7)
                snapshot = QUICK.read(connection, as_of=NOW, run_id="run")
                assert snapshot.status == "complete", snapshot.problems
                tables.append(snapshot.tables)
            assert tables[0] == tables[1]
            assert tables[0]["accounts"].num_rows == len(people)

        same()
