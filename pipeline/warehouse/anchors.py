"""Notes in the ledger how the accounts of decisions can be found again when their keys change."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from pipeline.home import Home
from pipeline.ledger.decisions import Anchor, Decision, Verb
from pipeline.ledger.store import Ledger
from pipeline.problems import CertifyError
from pipeline.warehouse.query import is_published, query

ABOUT_TWO = (Verb.LINK, Verb.UNLINK, Verb.OWNER)
WHO = """
    select account_key, is_authoritative, employee_id, email from inventory.accounts
    where list_contains($keys, account_key)
"""


def note_anchors(home: Home, now: datetime) -> None:
    """Note the employee number and address of each account that a decision names and that has none noted yet.

    What cannot be looked up now is left out: a file that cannot be read is a problem of whoever publishes it.
    """
    ledger = Ledger.of(home)
    noted = {(each.decision_id, each.account_key) for each in ledger.anchors()}
    wanted = [pair for decision in ledger.read() for pair in _named(decision) if pair not in noted]
    if not wanted or not is_published(home):
        return
    known = {}
    with contextlib.suppress(CertifyError):
        known = {row[0]: row[1:] for row in query(home, WHO, {"keys": [key for _, key in wanted]}).rows}
    found = [
        Anchor(decision_id, key, bool(known[key][0]), known[key][1], known[key][2], now)
        for decision_id, key in wanted
        if key in known
    ]
    if found:
        with ledger.writing() as writer:
            writer.anchor(found)


def _named(decision: Decision) -> Iterator[tuple[str, str]]:
    if decision.account_key:
        yield decision.decision_id, decision.account_key
    if decision.verb in ABOUT_TWO:
        yield decision.decision_id, decision.target
