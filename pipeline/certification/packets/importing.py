"""Takes packets back: verifies every row, records the good ones, and names each other one with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from pipeline.certification.campaigns import campaign_names, load_campaign, record_decisions
from pipeline.certification.model import DecisionInput, RefusedRow, Review, Verdict
from pipeline.certification.packets.columns import minute
from pipeline.certification.packets.packet import PACKET_ID
from pipeline.certification.packets.reading import read
from pipeline.certification.packets.rows import Row, UnreadablePacketError
from pipeline.certification.published import refresh
from pipeline.certification.records import utc
from pipeline.home import Home
from pipeline.problems import Problem, Refused

SHOWN = 3


@dataclass(frozen=True)
class Imported:
    """What came of one file. `unchanged` rows said what was taken before; `empty` ones decided nothing."""

    file: Path
    sha256: str = ""
    added: int = 0
    unchanged: int = 0
    empty: int = 0
    refused: tuple[RefusedRow, ...] = ()
    campaigns: tuple[str, ...] = ()
    """That something was added to."""
    problem: Problem | None = None
    """Why the file, or some of its rows, could not be taken."""

    @property
    def taken(self) -> int:
        return self.added + self.unchanged


def take_all(
    home: Home, files: Sequence[Path], imported_by: str, now: datetime, *, decided_by: str | None = None
) -> list[Imported]:
    """Take files in this order. `decided_by` goes before who a file says decided.

    Never raises for what a file holds; raises what the ledger raises.
    """
    found = [_taken(home, file, imported_by, now, decided_by) for file in files]
    for name in dict.fromkeys(chain.from_iterable(each.campaigns for each in found)):
        refresh(home, name)
    return found


def _taken(home: Home, file: Path, imported_by: str, now: datetime, decided_by: str | None) -> Imported:
    try:
        returned = read(file)
    except UnreadablePacketError as error:
        return Imported(file, problem=Problem.of("packet_unreadable", file=file, reason=error))
    filled = [row for row in returned.rows if not row.is_empty]
    names = set(campaign_names(home)) & {row.campaign for row in filled}
    reviews = {name: load_campaign(home, name) for name in names}
    good, refused = _acceptable(reviews, filled)
    added = unchanged = 0
    campaigns = []
    for (campaign, packet, who), rows in _batches(good, decided_by).items():
        news, old = _news(reviews[campaign], packet, who, rows, refused)
        unchanged += old
        if not news:
            continue
        source = f"{returned.kind}:{returned.sha256}:{packet}"
        try:
            recorded = record_decisions(home, campaign, news, who, imported_by, source=source, now=now)
        except Refused as error:  # closed since it was looked at
            refused += [RefusedRow(row.row, row.item_id, error.problem.message) for row in news]
            continue
        added += len(recorded.added)
        unchanged += recorded.unchanged
        refused += recorded.refused
        campaigns += [campaign] if recorded.added else []
    return Imported(
        file,
        returned.sha256,
        added,
        unchanged,
        len(returned.rows) - len(filled),
        tuple(sorted(refused, key=lambda each: each.row)),
        tuple(dict.fromkeys(campaigns)),
        _problem(file, refused, len(filled)),
    )


def _acceptable(reviews: Mapping[str, Review], rows: Sequence[Row]) -> tuple[list[Row], list[RefusedRow]]:
    """The rows the ledger may be asked about, and the others."""
    contradictory = _contradictory(reviews, rows)
    good, refused = [], []
    for row in rows:
        if reason := _fault(row, reviews.get(row.campaign)):
            refused.append(RefusedRow(row.number, row.item_id, reason))
        elif _is_genuine(reviews[row.campaign], row) and (row.campaign, row.item_id) in contradictory:
            reason = "another row of this file says something else about the same item"
            refused.append(RefusedRow(row.number, row.item_id, reason))
        else:
            good.append(row)
    return good, refused


def _fault(row: Row, review: Review | None) -> str:
    if row.fault:
        return row.fault
    if review is None:
        return f"there is no campaign '{row.campaign}'"
    if review.closing is not None:
        return f"campaign {row.campaign} is closed"
    return "" if row.decision else "there is a comment and no decision"


def _contradictory(reviews: Mapping[str, Review], rows: Sequence[Row]) -> set[tuple[str, str]]:
    """Campaign and item of what genuine rows say different things about: nobody knows which of them counts."""
    said = defaultdict(set)
    for row in rows:
        review = reviews.get(row.campaign)
        if review is not None and not _fault(row, review) and _is_genuine(review, row):
            said[row.campaign, row.item_id].add((row.decision, row.comment, row.decided_by))
    return {subject for subject, decisions in said.items() if len(decisions) > 1}


def _is_genuine(review: Review, row: Row) -> bool:
    item = review.by_id.get(row.item_id)
    return item is not None and item.digest == row.digest and row.decision in set(Verdict)


def _batches(rows: Iterable[Row], decided_by: str | None) -> dict[tuple[str, str, str], list[Row]]:
    """By campaign, packet and who decided."""
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        packet = row.packet if PACKET_ID.fullmatch(row.packet) else ""
        found[row.campaign, packet, row.decided_by if decided_by is None else decided_by].append(row)
    return found


def _news(
    review: Review, packet: str, who: str, rows: Sequence[Row], refused: list[RefusedRow]
) -> tuple[list[DecisionInput], int]:
    """The rows that say something since this packet was last taken, and how many do not.

    A reviewer goes on with a packet after it was taken. What it said then is still in it, and must not win over what
    was decided elsewhere in the meantime.
    """
    before = {
        decision.item_id: (str(decision.decision), decision.comment, decision.decided_by)
        for decision in review.decisions
        if packet and decision.source.endswith(f":{packet}")
    }
    news, old = [], 0
    for row in rows:
        latest = review.latest.get(row.item_id)
        if (
            before.get(row.item_id) == (row.decision, row.comment, who)
            and row.digest == review.by_id[row.item_id].digest
        ):
            old += 1
        elif latest and row.decided_at and latest.decided_at > utc(row.decided_at):
            reason = f"{latest.decided_by} decided later, on {minute(latest.decided_at)} UTC: {latest.decision}"
            refused.append(RefusedRow(row.number, row.item_id, reason))
        else:
            news.append(DecisionInput(row.number, row.item_id, row.digest, row.decision, row.comment, row.decided_at))
    return news, old


def _problem(file: Path, refused: Sequence[RefusedRow], filled: int) -> Problem | None:
    if not refused:
        return None
    shown = "; ".join(f"row {each.row}: {each.reason}" for each in sorted(refused, key=lambda each: each.row)[:SHOWN])
    more = f"; and {len(refused) - SHOWN} more" if len(refused) > SHOWN else ""
    return Problem.of("packet_rows_refused", file=file, refused=len(refused), filled=filled, shown=shown + more)
