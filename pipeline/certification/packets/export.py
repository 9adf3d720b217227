"""Writes the packets of a campaign: a workbook and a page for each reviewer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.certification.campaigns import load_campaign
from pipeline.certification.model import Review
from pipeline.certification.packets.packet import Packet, new_packet_id
from pipeline.certification.packets.page import page
from pipeline.certification.packets.workbook import workbook
from pipeline.home import FOLDER_MODE, Home, private_write
from pipeline.problems import ConfigurationError, Problem

_UNFIT = re.compile(r"[^A-Za-z0-9@._+-]+")
LONGEST_FILE_NAME = 80


@dataclass(frozen=True)
class Written:
    """The two files of one reviewer."""

    reviewer: str
    items: int
    xlsx: Path
    html: Path


@dataclass(frozen=True)
class Exported:
    """The packets of a campaign, one for each reviewer, and the campaign they are of."""

    review: Review
    folder: Path
    packets: tuple[Written, ...]


def export(home: Home, name: str, out: Path | None, now: datetime) -> Exported:
    """Write the packets of a campaign into `out` (default: `exports/reviews/NAME` of the home), over earlier ones.

    Raises ConfigurationError where there is no such campaign, or the folder cannot be written.
    """
    review = load_campaign(home, name)
    folder = out or home.exports / "reviews" / review.campaign.name
    reviewers = review.reviewers()
    stems = file_names(reviewers)
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        written = []
        for reviewer, items in reviewers.items():
            files = Written(
                reviewer, len(items), folder / f"{stems[reviewer]}.xlsx", folder / f"{stems[reviewer]}.html"
            )
            private_write(files.xlsx, workbook(Packet(new_packet_id(), review, reviewer, items, now)))
            private_write(files.html, page(Packet(new_packet_id(), review, reviewer, items, now)))
            written.append(files)
    except OSError as error:
        reason = str(error.strerror)
        raise ConfigurationError(Problem.of("packets_not_written", folder=folder, reason=reason)) from error
    return Exported(review, folder, tuple(written))


def file_names(reviewers: Iterable[str]) -> dict[str, str]:
    """By reviewer: the name of their files without its ending; no two alike, also where case does not count."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for reviewer in reviewers:
        stem = _UNFIT.sub("_", reviewer).strip("._-")[:LONGEST_FILE_NAME] or "reviewer"
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        found[reviewer] = name
    return found
