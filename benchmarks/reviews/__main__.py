"""`python -m benchmarks.reviews`: packets of a large campaign, opened in Chromium and taken back."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from openpyxl import load_workbook

from benchmarks.results import Line, Result, as_json, table
from benchmarks.reviews.items import STARTED, campaign, items
from pipeline.certification.campaigns import store_campaign
from pipeline.certification.packets.columns import COLUMNS
from pipeline.certification.packets.export import export
from pipeline.certification.packets.importing import Imported, take_all
from pipeline.home import Home

T = TypeVar("T")
MEGABYTE = 1_000_000
MOST_MEGABYTES, MOST_OPEN_SECONDS, MOST_IMPORT_SECONDS = 2.0, 1.0, 5.0
NOW = STARTED + timedelta(days=1)
CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reviews", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--items", type=int, default=10_000, help="how many one reviewer has (%(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="how often the page is opened (%(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        results = [_packets(Path(folder), options.items, options.repeats)]
    print(as_json(results) if options.json else table(results))


def _packets(folder: Path, count: int, repeats: int) -> Result:
    home = Home(folder / "home")
    home.ensure()
    store_campaign(home, campaign(count), items(count))
    written, exporting = _timed(lambda: export(home, "2026-q4", None, NOW))
    packet = written.packets[0]
    sizes = [path.stat().st_size / MEGABYTE for path in (packet.html, packet.xlsx)]
    opening = _opened(packet.html, folder / "profile", repeats)
    _decide_all(packet.xlsx)
    first, importing = _timed(lambda: _taken(home, packet.xlsx))
    again, second = _timed(lambda: _taken(home, packet.xlsx))
    if (first.added, again.unchanged) != (count, count):
        raise RuntimeError(f"{first.added} and {again.unchanged} of {count} items were taken")
    return Result(
        f"Packets of {count:,} items",
        [
            Line("the page", sizes[0], "MB", MOST_MEGABYTES),
            Line("the workbook", sizes[1], "MB", MOST_MEGABYTES),
            Line("writing both", exporting, "s"),
            *([Line("opening the page, until it can be used", opening, "s", MOST_OPEN_SECONDS)] if opening else []),
            Line("importing the workbook, all decided", importing, "s", MOST_IMPORT_SECONDS),
            Line("importing it again", second, "s"),
        ],
    )


def _taken(home: Home, file: Path) -> Imported:
    return take_all(home, [file], "auditor", NOW)[0]


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _decide_all(workbook: Path) -> None:
    book = load_workbook(workbook)
    place = next(place for place, column in enumerate(COLUMNS, start=1) if column.key == "decision")
    for row in range(2, book["Items"].max_row + 1):
        book["Items"].cell(row, place).value = "certify"
    book.save(workbook)


def _opened(page: Path, profile: Path, repeats: int) -> float:
    """Seconds from the start of loading until the page marks itself as ready, median; 0 without Chromium."""
    driver = shutil.which("chromedriver")
    if driver is None:
        return 0.0
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in (*CHROMIUM, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        return statistics.median(_ready(browser, page) for _ in range(repeats))
    finally:
        browser.quit()


def _ready(browser: object, page: Path) -> float:
    browser.get(page.as_uri())  # type: ignore[attr-defined]
    while True:
        marks = "return JSON.stringify(performance.getEntriesByName('ready').map((mark) => mark.startTime))"
        found = json.loads(browser.execute_script(marks))  # type: ignore[attr-defined]
        if found:
            return float(found[0]) / 1000
        time.sleep(0.05)


if __name__ == "__main__":
    main()
