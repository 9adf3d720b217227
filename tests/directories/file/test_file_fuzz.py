"""Two thousand damaged files: each is read or refused in words, and nothing but the file itself is ever touched."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.directories.file.rosters import Roster

PEOPLE = [{"email": f"p{number}@x", "title": "t", "hired_on": "2024-01-01", "is_enabled": "yes"} for number in range(4)]


def _xlsx() -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(list(PEOPLE[0]))
    for person in PEOPLE:
        book.active.append(list(person.values()))
    book.save(out)
    return out.getvalue()


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(PEOPLE), out)
    return out.getvalue()


GOOD = {
    "csv": "\n".join(",".join(row) for row in [list(PEOPLE[0]), *[list(p.values()) for p in PEOPLE]]).encode(),
    "json": json.dumps(PEOPLE).encode(),
    "jsonl": "\n".join(json.dumps(person) for person in PEOPLE).encode(),
    "ldif": "\n\n".join(f"dn: uid=p{n}\nmail: p{n}@x\nemail: p{n}@x\ntitle:: dA==" for n in range(4)).encode(),
    "xlsx": _xlsx(),
    "parquet": _parquet(),
}
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            b"",
            b"\0",
            b'"',
            b"\r",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"]",
            b"{",
            b":< file:///etc/passwd",
            b"\n\n",
            b"," * 50,
            b"9" * 60,
        ]
    ),
)
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=3)


class Watch:
    """Notes, while it is on, every file opened and connection made. (An audit hook stays for good.)"""

    def __init__(self) -> None:
        self.on, self.seen = False, []  # type: bool, list[str]
        sys.addaudithook(self._hook)

    def _hook(self, event: str, details: tuple[Any, ...]) -> None:
        if self.on and event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
            self.seen.append(f"{event} {details[0]}")


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    watching.on = False


@pytest.mark.parametrize(("ending", "examples"), [(ending, 200 if ending == "xlsx" else 360) for ending in GOOD])
def test_a_damaged_file_is_read_or_refused_and_nothing_else_touched(
    roster: Roster, watch: Watch, ending: str, examples: int
) -> None:
    roster.read(f"a.{ending}", GOOD[ending])  # whatever is imported late is imported now

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None)
    @given(DAMAGE)
    def damaged(damage: list[tuple[float, int, bytes]]) -> None:
        content = GOOD[ending]
        for at, length, piece in damage:
            start = int(at * len(content))
            content = content[:start] + piece + content[start + length :]
        connection = roster.connection(f"a.{ending}", content)
        watch.seen.clear()
        watch.on = True
        snapshot = roster.read(connection.path.name)
        watch.on = False
        assert [each for each in watch.seen if f"a.{ending}" not in each and ".py" not in each] == []
        if snapshot.status == "failed":
            assert snapshot.problems
            assert all(problem.message and problem.remedy for problem in snapshot.problems)
        else:
            rows = snapshot.tables["accounts"].to_pylist()
            assert all(row["native_id"].strip() for row in rows)
            assert len({row["native_id"] for row in rows}) == len(rows)

    damaged()
