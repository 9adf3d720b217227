"""Secrets are masked in every form; they are learned from many threads at once, and none of them is lost."""

from __future__ import annotations

import base64
import html
import json
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis.strategies import characters, text

from pipeline.problems import Problem
from pipeline.redaction import MASK, REDACTOR, Redactor


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Threads that give way to one another all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_secrets_learned_by_threads_at_once_are_all_masked(restless_threads: None) -> None:
    redactor, secrets = Redactor(), [f"secret-{number:04}-x" for number in range(600)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(redactor.learn, secrets))
    assert redactor.clean(" ".join(secrets)) == " ".join([MASK] * len(secrets))


def test_a_secret_that_holds_another_is_masked_whole() -> None:
    redactor = Redactor()
    for secret in ("abcdef", "abcdef-and-more"):
        redactor.learn(secret)
    assert redactor.clean("abcdef-and-more abcdef") == f"{MASK} {MASK}"


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "a Python repr": repr,
    "a repr of bytes": lambda secret: repr(secret.encode()),
    "a repr inside another": lambda secret: repr({"token": secret, "header": f"Bearer {secret}"}),
    "ascii": ascii,
    "JSON": json.dumps,
    "JSON with its letters": lambda secret: json.dumps({"detail": secret}, ensure_ascii=False),
    "a path of a URL": lambda secret: f"https://example/{quote(secret)}/x",
    "a query": lambda secret: urlencode({"a": secret, "b": 1}),
    "a URL in lower case": lambda secret: re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    "HTML": html.escape,
    "hexadecimal": lambda secret: secret.encode().hex(),
}


@pytest.mark.promise("P18")
@settings(max_examples=150, deadline=None)
@given(
    secret=text(characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=8, max_size=60),
    before=text(alphabet="ab:", max_size=4),
    after=text(alphabet="yz", max_size=4),
)
def test_a_secret_is_masked_however_a_library_writes_it(secret: str, before: str, after: str) -> None:
    redactor = Redactor()
    redactor.learn(secret)
    for name, write in WRITTEN.items():
        written = write(secret)
        assert MASK in redactor.clean(f"failed: {written}!"), name
        assert secret not in redactor.clean(f"failed: {written}!"), name
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        written = encode(f"{before}{secret}{after}".encode()).decode()
        assert MASK in redactor.clean(f"Authorization: Basic {written}"), (encode, written)


def test_every_message_to_a_user_passes_the_redactor() -> None:
    REDACTOR.learn("sup3rs3cret-value")
    problem = Problem.of("directory_login_refused", place="ldap://x", detail="b'sup3rs3cret-value' is wrong", keys="x")
    assert "sup3rs3cret" not in problem.message + problem.remedy
    assert MASK in problem.message
