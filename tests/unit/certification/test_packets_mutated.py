"""Packets that were edited, sorted, cut and damaged: no bad decision is accepted, and no good one is lost."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.certification.campaigns import load_campaign
from pipeline.certification.model import Item, Verdict
from pipeline.certification.packets.importing import take_all
from pipeline.home import Home
from tests.promises.plugin import PromiseCount
from tests.unit.certification.returning import LABELS, Cells, as_csv, download, packets, rewrite
from tests.unit.certification.reviewing import NOW, item, started

SIZE = 10
BY = "Decided by (if not the reviewer)"


@dataclass
class Line:
    """A row of a packet, and whether it must be taken, be refused, or say nothing."""

    cells: Cells
    fate: str = "nothing"


def untouched(line: Line, chance: random.Random) -> None:
    line.cells["Decision"] = None
    line.cells["Comment"] = None
    line.fate = "nothing"


def recased(line: Line, chance: random.Random) -> None:
    line.cells["Decision"] = f" {str(line.cells['Decision']).upper()} "


def by_a_deputy(line: Line, chance: random.Random) -> None:
    line.cells[BY] = "deputy@corp.example"


def with_forged_evidence(line: Line, chance: random.Random) -> None:
    line.cells.update({"Account": "eve", "Recommended": "revoke", "Held by": None, "Why recommended": "x" * 500})


def with_a_changed_digest(line: Line, chance: random.Random) -> None:
    digest = list(str(line.cells["Digest"]))
    place = chance.randrange(len(digest))
    digest[place] = "0" if digest[place] != "0" else "1"
    line.cells["Digest"] = "".join(digest)
    line.fate = "refused"


def with_no_digest(line: Line, chance: random.Random) -> None:
    line.cells["Digest"] = None
    line.fate = "refused"


def of_another_item(line: Line, chance: random.Random) -> None:
    line.cells["Item"] = f"i-{chance.randrange(SIZE, 99):010d}"
    line.fate = "refused"


def of_another_campaign(line: Line, chance: random.Random) -> None:
    line.cells["Campaign"] = chance.choice(["other", "missing", None, "Q4 "])
    line.fate = "refused"


def undecidable(line: Line, chance: random.Random) -> None:
    line.cells["Decision"] = chance.choice(["keep", "yes", "certify?", "x" * 5000, 1, True, "certify revoke"])
    line.fate = "refused"


def calculated(line: Line, chance: random.Random) -> None:
    line.cells[chance.choice(["Decision", "Comment", "Digest", "Item"])] = '=CONCATENATE("cer","tify")'
    line.fate = "refused"


def reduced_without_a_word(line: Line, chance: random.Random) -> None:
    line.cells.update({"Decision": "reduce", "Comment": chance.choice([None, "  "])})
    line.fate = "refused"


def with_too_long_a_comment(line: Line, chance: random.Random) -> None:
    line.cells["Comment"] = "x" * 2001
    line.fate = "refused"


def by_nobody(line: Line, chance: random.Random) -> None:
    line.cells.update({BY: None, "Reviewer": None})
    line.fate = "refused"


CHANGES: tuple[Callable[[Line, random.Random], None], ...] = (
    untouched,
    recased,
    by_a_deputy,
    with_forged_evidence,
    with_a_changed_digest,
    with_no_digest,
    of_another_item,
    of_another_campaign,
    undecidable,
    calculated,
    reduced_without_a_word,
    with_too_long_a_comment,
    by_nobody,
)
NOT_IN: dict[str, set[object]] = {"xlsx": set(), "csv": {calculated}, "json": {calculated, by_a_deputy, by_nobody}}
"""A CSV holds no formula, and a download says only once who decided."""


def mutated(rows: list[Cells], chance: random.Random, kind: str) -> list[Line]:
    """The rows decided, then some changed, cut, doubled and shuffled."""
    lines = []
    changes = [change for change in CHANGES if change not in NOT_IN[kind]]
    for cells in rows:
        verdict = chance.choice(list(Verdict))
        comment = f"because {chance.random()}" if verdict is Verdict.REDUCE or chance.random() < 0.5 else None
        line = Line({**cells, "Decision": str(verdict), "Comment": comment}, "taken")
        if chance.random() < 0.6:
            chance.choice(changes)(line, chance)
        lines.append(line)
        lines += _doubled(line, chance)
    if chance.random() < 0.5:
        lines = [line for line in lines if chance.random() > 0.2]
    if chance.random() < 0.5:
        chance.shuffle(lines)
    return _contradicting(lines)


def _doubled(line: Line, chance: random.Random) -> list[Line]:
    if line.fate != "taken" or chance.random() > 0.15:
        return []
    again = Line(dict(line.cells), "taken")
    if chance.random() < 0.5:
        again.cells["Comment"] = "on second thought"
    return [again]


def _contradicting(lines: list[Line]) -> list[Line]:
    """Rows that could be taken, and say different things about one item, must be refused."""
    for line in lines:
        same = [each.cells for each in lines if _could_be_taken(each) and each.cells["Item"] == line.cells["Item"]]
        said = {(str(cells["Decision"]).strip().lower(), cells["Comment"], cells.get(BY)) for cells in same}
        if len(said) > 1 and line.fate == "taken":
            line.fate = "contradicted"
    return lines


def _could_be_taken(line: Line) -> bool:
    return line.fate in ("taken", "contradicted")


def outcome(home: Home, name: str, file: Path) -> tuple[dict[str, tuple[str, str]], list[int]]:
    imported = take_all(home, [file], "root", NOW)[0]
    assert imported.problem is None or imported.problem.code == "packet_rows_refused", imported.problem
    latest = load_campaign(home, name).latest
    return {key: (str(each.decision), each.comment) for key, each in latest.items()}, [
        row.row for row in imported.refused
    ]


def try_one(home: Home, items: list[Item], seed: int) -> int:
    """Mutate one packet, import it, every fifth twice, and compare with what must come of it; its number of rows."""
    chance, name = random.Random(seed), f"case-{seed}"
    started(home, items, name=name, campaign_id=f"c-{seed:010d}")
    workbook, page = packets(home, name)
    kind = chance.choice(["xlsx", "csv", "json"])
    lines: list[Line] = []

    def change(rows: list[Cells]) -> list[Cells]:
        lines[:] = mutated(rows, chance, kind)
        return [line.cells for line in lines]

    labels = chance.sample(LABELS, len(LABELS)) if chance.random() < 0.3 else LABELS
    rewrite(workbook, change, labels)
    if kind == "csv":
        file, first = as_csv(workbook, chance.choice(",;\t")), 2
    elif kind == "json":
        file, first = _downloaded(page, lines), 1
    else:
        file, first = workbook, 2
    found, refused = outcome(home, name, file)
    wanted = {
        str(line.cells["Item"]): (str(line.cells["Decision"]).strip().lower(), line.cells["Comment"] or "")
        for line in lines
        if line.fate == "taken"
    }
    assert found == wanted, (seed, kind)
    bad = [number for number, line in enumerate(lines, first) if line.fate in ("refused", "contradicted")]
    assert refused == bad, (seed, kind)
    if seed % 5 == 0:
        before = load_campaign(home, name).decisions
        assert outcome(home, name, file) == (wanted, bad), seed
        assert load_campaign(home, name).decisions == before, seed
    assert load_campaign(home, "other").decisions == (), seed
    return len(lines)


def _downloaded(page: Path, lines: list[Line]) -> Path:
    """The rows as a download, those without a decision left out as the page does; their fates stay in step."""
    file = download(page, {}, [])
    document: dict[str, Any] = json.loads(file.read_text())
    lines[:] = [line for line in lines if line.fate != "nothing" and line.cells["Campaign"] == document["campaign"]]
    document["decisions"] = [
        {
            "item_id": line.cells["Item"],
            "digest": line.cells["Digest"],
            "decision": str(line.cells["Decision"]).strip().lower(),
            "comment": line.cells["Comment"] or "",
            "decided_at": NOW.isoformat(),
        }
        for line in lines
    ]
    file.write_text(json.dumps(document))
    return file


def try_many(home: Home, seeds: range) -> int:
    items = [item(number) for number in range(SIZE)]
    started(
        home,
        [item(number, account_key=f"other:{number}") for number in range(SIZE)],
        name="other",
        campaign_id="c-other",
    )
    return sum(try_one(home, items, seed) for seed in seeds)


@pytest.mark.promise("P25")
def test_of_a_hundred_mutated_packets_no_bad_decision_is_accepted_and_no_good_one_lost(
    tmp_path: Path, promise: PromiseCount
) -> None:
    rows = try_many(Home(tmp_path / "home"), range(100))
    promise.count("mutated packets", 100)
    assert rows > 500


@pytest.mark.soak
@pytest.mark.promise("P25")
@pytest.mark.parametrize("part", range(20))
def test_of_two_thousand_mutated_packets_no_bad_decision_is_accepted(tmp_path: Path, part: int) -> None:
    try_many(Home(tmp_path / "home"), range(1000 + part * 100, 1100 + part * 100))
