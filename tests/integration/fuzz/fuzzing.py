"""What every fuzz test shares: how many examples, damage done to valid input, and a watch over files and sockets."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pipeline.landing.manifest import Manifest

EXAMPLES = pytest.mark.parametrize(
    "examples", [100, pytest.param(2000, marks=[pytest.mark.soak, pytest.mark.timeout(0)])]
)
"""Of each kind of input: a hundred in `make test`, two thousand in `make soak`."""
LONGEST_WAIT = 2.0


def example_settings(examples: int) -> settings:
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None)


# --- damage ---

PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            *(b"", b"\0", b'"', b"\r", b"\xff\xfe", b"\xef\xbb\xbf", b"]", b"{", b"\n\n", b"," * 50, b"9" * 60),
            *(b":< file:///etc/passwd", b'<!DOCTYPE a SYSTEM "file:///etc/passwd">', b"\xff" * 4, b"\x7f\xff\xff\xff"),
        ]
    ),
)
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), max_size=3)


def damaged(content: bytes, damage: list[tuple[float, int, bytes]]) -> bytes:
    """Pieces of `content` replaced by others."""
    for at, length, piece in damage:
        start = int(at * len(content))
        content = content[:start] + piece + content[start + length :]
    return content


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["", "x" * 5_000, "\0", "\ud800", "2026-13-45T99:00:00Z", "9" * 5000, "=cmd|'/c calc'!A1"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
"""JSON of any kind."""
DOCUMENT_DAMAGE = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["drop", "retype", "twice", "oversize", "rename", "case"]), VALUES),
    max_size=4,
)


def rewritten(document: Any, damage: list[tuple[float, str, Any]]) -> Any:
    """A copy of a JSON document in which fields are dropped, retyped, given twice or too much, renamed."""
    document = json.loads(json.dumps(document))
    for at, what, value in damage:
        places = list(_places(document))
        if places:
            _strike(*places[min(int(at * len(places)), len(places) - 1)], what, value)
    return document


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield node, key
        yield from _places(node[key])


def _strike(holder: Any, key: Any, what: str, value: Any) -> None:
    if what == "drop":
        del holder[key]
    elif what == "twice" and isinstance(holder, list):
        holder.append(holder[key])
    elif what == "oversize":
        holder[key] = [holder[key]] * 50
    elif what in ("rename", "case") and isinstance(holder, dict):
        holder[key.upper() if what == "case" else f"{key}x"] = holder.pop(key)
    else:
        holder[key] = value


# --- the watch ---


class Watch:
    """Notes, while it is on, every file opened outside `inside`, every process started and every address but loopback.

    An audit hook stays for good, so there is one, which does nothing while the watch is off.
    """

    def __init__(self) -> None:
        self._inside: list[str] = []
        self.on, self.seen = False, []  # type: bool, list[str]
        paths = sysconfig.get_paths()
        self._ours = (
            *{paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")},
            sys.prefix,
            *sys.path[:3],
        )
        sys.addaudithook(self._hook)

    def _hook(self, event: str, details: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open" and isinstance(details[0], str | bytes):
            path = details[0].decode(errors="replace") if isinstance(details[0], bytes) else details[0]
            writes = isinstance(details[1], str) and bool(set(details[1]) & set("wax+"))
            if not path.startswith(tuple(self._inside)) and (writes or not self._is_of_python(path)):
                self.seen.append(f"open {path}")
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
            self.seen.append(f"{event} {details[0]}")
        elif event == "socket.connect" and not str(details[1][0]).startswith(("127.", "::1", "localhost")):
            self.seen.append(f"connect {details[1]}")

    def _is_of_python(self, path: str) -> bool:
        return path.startswith(
            (*self._ours, "/proc/", "/dev/null", "/etc/ssl", "/usr/lib/ssl", "/usr/share/zoneinfo")
        ) or (path in ("/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"))

    @contextlib.contextmanager
    def over(self, *folders: Path) -> Iterator[None]:
        """Nothing outside these folders is opened, and it does not last, or the test fails."""
        self._inside, self.seen = [str(folder) for folder in folders], []
        began, self.on = time.monotonic(), True
        try:
            yield
        finally:
            self.on = False
        took = time.monotonic() - began
        assert self.seen == [], self.seen
        others = os.getloadavg()[0] / (os.cpu_count() or 1)  # a busy machine makes everybody wait
        assert took < LONGEST_WAIT * max(1.0, others), f"it took {took:.1f} s"


WATCH = Watch()


def settled(manifest: Manifest) -> None:
    """The attempt is a whole snapshot, or says in words why not; never `unexpected`, which is a traceback."""
    assert manifest.status in ("complete", "failed", "held"), manifest.status
    assert all(problem.code != "unexpected" for problem in manifest.problems), manifest.problems
    if manifest.status == "failed":
        assert manifest.problems, "failed without a reason"
        assert all(problem.message.strip() and problem.remedy.strip() for problem in manifest.problems)
        assert not manifest.tables
