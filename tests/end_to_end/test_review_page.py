"""The page of a reviewer in a real browser: search, decide, bulk, keyboard, download; and it runs and loads nothing."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from pipeline.certification.campaigns import load_campaign
from pipeline.certification.model import Verdict
from pipeline.certification.packets.importing import take_all
from pipeline.home import Home
from pipeline.visible_text import visible
from tests.promises.plugin import PromiseCount
from tests.support.browser import chromium, needs_chromium
from tests.support.hostile import NAMES
from tests.unit.certification.returning import packets
from tests.unit.certification.reviewing import evidence, item, started

pytestmark = needs_chromium

ATTACKS = (
    "<img src='{url}' onerror='window.PWN=1'>",
    "<script>window.PWN=1;fetch('{url}')</script>",
    "</script><script>window.PWN=1</script>",
    "<style>@import '{url}'</style>",
    "<iframe src='{url}'></iframe>",
)


@dataclass
class Opened:
    """The page of a campaign over hostile names in a browser, and the server that no request may reach."""

    browser: Chrome
    home: Home
    page: Path
    names: list[str]
    url: str
    folder: Path
    hits: list[str] = field(default_factory=list)

    def find(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def rows(self) -> list[Any]:
        return self.browser.find_elements(By.CSS_SELECTOR, "#items tbody tr")

    def reload(self) -> None:
        self.browser.get(self.page.as_uri())
        until(lambda: bool(self.browser.execute_script("return performance.getEntriesByName('ready').length")))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)

    def search(self, text: str) -> None:
        self.find("#search").clear()
        self.find("#search").send_keys(text or " ")

    def downloaded(self) -> Path:
        """What Download decisions writes."""
        for earlier in self.folder.glob("*.json"):
            earlier.unlink()
        self.find("#download").click()
        until(lambda: bool(list(self.folder.glob("*.json"))))
        return next(self.folder.glob("*.json"))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def counting() -> Iterator[tuple[str, list[str]]]:
    """A server that notes what is asked of it."""
    hits: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x", hits
        server.shutdown()


@pytest.fixture(scope="module")
def browsing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("reviewing")
    home = Home(folder / "home")
    with counting() as (url, hits), chromium(folder / "profile", "--window-size=1400,1000") as browser:
        names = [*(attack.format(url=url) for attack in ATTACKS), *NAMES]
        items = [
            item(
                number,
                username=name,
                display_name=name,
                what=name,
                directory_name=name,
                recommendation=Verdict.REVOKE if number % 2 else Verdict.CERTIFY,
                recommendation_reason=name,
                reviewer_reason=name,
                evidence=evidence(owner=name, last_used=name),
            )
            for number, name in enumerate(names)
        ]
        started(home, items)
        (folder / "downloads").mkdir()
        (folder / "empty.html").write_text("<!doctype html><title>empty</title>")
        browser.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder / "downloads")}
        )
        yield Opened(browser, home, packets(home)[1], names, url, folder / "downloads", hits)


@pytest.fixture
def opened(browsing: Opened) -> Opened:
    """The page as a reviewer opens it first."""
    browsing.browser.get(browsing.page.as_uri())
    browsing.browser.get("about:blank")  # the page keeps what was decided when it is left
    browsing.browser.get((browsing.folder.parent / "empty.html").as_uri())
    browsing.browser.execute_script("localStorage.clear()")
    browsing.reload()
    return browsing


@pytest.mark.promise("P19")
def test_hostile_names_are_shown_and_do_nothing(opened: Opened, promise: PromiseCount) -> None:
    opened.browser.execute_script("dispatchEvent(new Event('beforeprint'))")  # every row, as for printing
    shown = opened.browser.execute_script(
        "return [...document.querySelectorAll('#items tbody .what')].map(each => each.textContent)"
    )
    assert shown == [visible(name) for name in opened.names]
    found = opened.browser.execute_script(
        "return [window.PWN === undefined, performance.getEntriesByType('resource').length,"
        " document.querySelectorAll('img, iframe, svg, a[href^=http], script').length]"
    )
    assert found == [True, 0, 2], "nothing ran, nothing was loaded, and the two script elements are ours"
    assert opened.hits == []
    assert opened.browser.get_log("browser") == []
    promise.count("hostile names", len(shown))


def test_even_a_script_in_the_page_could_not_send_anything(opened: Opened) -> None:
    outcome = opened.browser.execute_async_script(
        "const [url, done] = arguments; new Image().src = url;"
        "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.PWN = 1'}));"
        "fetch(url).then(() => done('sent'), () => done('refused'))",
        opened.url,
    )
    assert (outcome, opened.browser.execute_script("return window.PWN")) == ("refused", None)
    assert opened.hits == []
    assert "Content Security Policy" in json.dumps(opened.browser.get_log("browser"))


def test_the_server_would_have_noted_a_request(browsing: Opened) -> None:
    """Or the tests above would prove nothing."""
    plain = browsing.folder.parent / "plain.html"
    plain.write_text(f"<!doctype html><title>x</title>{ATTACKS[0].format(url=browsing.url)}")
    browsing.browser.get(plain.as_uri())
    until(lambda: browsing.hits == ["/x"])
    browsing.hits.clear()
    browsing.browser.get_log("browser")


@pytest.mark.promise("P25")
def test_a_review_by_keyboard_in_bulk_and_after_closing_the_page(opened: Opened) -> None:
    assert len(opened.rows()) == 50
    opened.rows()[0].click()
    opened.browser.execute_script("document.querySelector('#items tbody tr').focus()")
    opened.press("c", "j", "e", Keys.ENTER, "no billing", Keys.ESCAPE, "j", "e", "j", "u")
    assert opened.find("#progress-text").text == f"2 of {len(opened.names)} decided, 1 without the comment they need"
    assert opened.rows()[2].find_element(By.CSS_SELECTOR, ".lack").text == "Say in a comment what to take away."

    opened.search("cmd|'/c CALC'")
    found = [number for number, name in enumerate(opened.names) if "cmd|'/c calc'" in visible(name).lower()]
    assert [int(row.get_attribute("data-number")) for row in opened.rows()] == found
    opened.find("#select-all").click()
    Select(opened.find("#bulk-decision")).select_by_value("revoke")
    opened.find("#bulk-apply").click()
    assert opened.find("#status").text == "A decision about several items needs a comment."
    opened.find("#bulk-comment").send_keys("formulas")
    opened.find("#bulk-apply").click()
    assert opened.find("#status").text == f"revoke: {len(found)} items."

    opened.reload()  # as after the browser was closed
    assert opened.find("#progress-text").text.startswith(f"{2 + len(found)} of {len(opened.names)} decided")
    file = opened.downloaded()
    assert "Left out: 1 without the comment they need." in opened.find("#status").text
    imported = take_all(opened.home, [file], "root", datetime.now(UTC))[0]
    assert imported.refused == ()
    latest = load_campaign(opened.home, "q4").latest
    wanted = {0: ("certify", ""), 1: ("reduce", "no billing"), 3: ("unsure", "")}
    wanted |= dict.fromkeys(found, ("revoke", "formulas"))
    assert {int(key[2:]): (str(each.decision), each.comment) for key, each in latest.items()} == wanted
    assert len({latest[f"i-{number:010d}"].decided_at for number in found}) == 1, "a bulk decision is one instant"
    assert opened.browser.get_log("browser") == []


def test_filters_pages_and_undo(opened: Opened) -> None:
    Select(opened.find("#filter-recommendation")).select_by_value("revoke")
    count = len(opened.names) // 2
    assert opened.find("#page").text == f"1 to 50 of {count}"
    opened.find("#next").click()
    assert opened.find("#page").text == f"51 to {min(100, count)} of {count}"
    opened.find("#select-all").click()
    Select(opened.find("#bulk-decision")).select_by_value("revoke")
    opened.find("#bulk-comment").send_keys("as recommended", Keys.ENTER)
    assert opened.find("#progress").get_property("value") == count
    opened.find("#bulk-undo").click()
    assert opened.find("#progress").get_property("value") == 0
    opened.search("no such name anywhere")
    assert opened.find("#empty").is_displayed()


def test_every_control_has_a_name_and_the_page_keeps_its_contrast(opened: Opened) -> None:
    unnamed = opened.browser.execute_script(
        "return [...document.querySelectorAll('input, select, textarea, button')].filter(each => "
        "!(each.labels && each.labels.length) && !each.getAttribute('aria-label') && !each.textContent.trim())"
        ".map(each => each.outerHTML)"
    )
    assert unnamed == []
    for scheme in ("light", "dark"):
        feature = [{"name": "prefers-color-scheme", "value": scheme}]
        opened.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": feature})
        ratios = opened.browser.execute_script(CONTRAST)
        assert min(ratios.values()) >= 4.5, (scheme, ratios)


CONTRAST = """
const light = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number).map((value) => value / 255)
  .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
const behind = (each) => { while (each && getComputedStyle(each).backgroundColor === "rgba(0, 0, 0, 0)")
  each = each.parentElement; return getComputedStyle(each || document.body).backgroundColor; };
const found = {};
for (const selector of ["body", "#facts", ".primary", ".badge.certify", ".badge.revoke", "fieldset .certify",
                        "fieldset .revoke", "fieldset .reduce", "fieldset .unsure", ".marks", "dt", ".bulk label"]) {
  const each = document.querySelector(selector);
  const [one, other] = [light(getComputedStyle(each).color), light(behind(each))].sort((left, right) => right - left);
  found[selector] = (one + 0.05) / (other + 0.05);
}
return found;
"""
