"""Loads the ledger only when it verifies."""

from __future__ import annotations

import contextlib

from pipeline.home import Home
from pipeline.ledger.chain import Head
from pipeline.ledger.store import Ledger, Verification
from pipeline.ledger.verification import broken
from pipeline.problems import CertifyError
from pipeline.warehouse.query import is_published, query


def verify_ledger(home: Home) -> Verification:
    """Look at the whole ledger; the last publication is a witness of it. Raises what `Ledger.verify` does."""
    return Ledger.of(home).verify(published_heads(home))


def require_whole_ledger(home: Home) -> Verification:
    """The same, but a ledger that is not what certify wrote raises CertifyError `ledger_broken`."""
    seen = verify_ledger(home)
    if seen.tamperings:
        raise broken(home.ledger, seen.tamperings)
    return seen


def published_heads(home: Home) -> list[Head]:
    """The end of the ledger that was published by; empty where nothing is, or by a version that did not say."""
    if not is_published(home):
        return []
    with contextlib.suppress(CertifyError, ValueError):
        rows = query(home, "select ledger_head from operations.publication where ledger_head <> ''").rows
        return [Head.parsed(str(head)) for (head,) in rows]
    return []
