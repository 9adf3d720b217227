"""Secrets are learned from many threads at once; none of them may be lost."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.directories.aws_iam.redaction import MASK, Redactor


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
