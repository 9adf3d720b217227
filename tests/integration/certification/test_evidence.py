"""An evidence pack holds what an auditor asks for, verifies with nothing of ours, and shows every change."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.certification import deciding
from pipeline.certification.campaigns import load_campaign
from pipeline.certification.evidence import Pack, export
from pipeline.certification.verify_pack import verify
from pipeline.home import Home
from pipeline.problems import Refused
from pipeline.settings import Settings
from pipeline.warehouse.sql import quote_literal
from tests.integration.certification.conftest import Start, by, change, rows

SETTINGS = Settings()
HOSTILE = "=cmd|'/c calc'!A1\u202e<script>alert(1)</script>\x1b[2J"


@pytest.fixture
def pack(home: Home, started: Start) -> Pack:
    """Of a small campaign with a hostile name, one revoke that was carried out, and the rest left to the default."""
    name = quote_literal(HOSTILE)
    change(home, f"update inventory.accounts set username = {name} where directory_id = 'data'")
    review = started(directories=("data",), where="kind <> 'credential'")
    item = next(each for each in review.items if each.entitlement_key)
    deciding.decide(home, "q4", item.item_id, "revoke", HOSTILE, SETTINGS, by())
    deciding.close(home, "q4", ["coverage"], "the quarter is over", SETTINGS, by())
    change(home, f"delete from inventory.entitlements where entitlement_key = '{item.entitlement_key}'")
    return export(home, "q4", SETTINGS, None, by().now)


def document(pack: Pack, name: str) -> Any:
    return json.loads((pack.folder / name).read_bytes())


def ran(pack: Pack, *arguments: str) -> tuple[int, str]:
    """The pack's own verifier, in a Python without our packages."""
    command = [sys.executable, "-I", "-S", str(pack.folder / "verify.py"), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


def test_a_pack_verifies_as_folder_and_as_zip_with_ours_and_with_its_own_verifier(pack: Pack) -> None:
    for place in (pack.folder, pack.archive):
        assert verify(place, pack.digest) == (pack.digest, pack.files, [])
    code, said = ran(pack)
    assert (code, said) == (0, f"{pack.files} files, each as written. SHA-256 of the manifest: {pack.digest}\n")
    assert ran(pack, str(pack.archive), "--digest", pack.digest)[0] == 0
    assert ran(pack, str(pack.archive), "--digest", "0" * 64)[0] == 6
    assert (pack.folder.stat().st_mode & 0o777, pack.archive.stat().st_mode & 0o777) == (0o700, 0o600)


def test_any_changed_missing_or_added_file_is_named(pack: Pack, tmp_path: Path) -> None:
    names = sorted(path.name for path in pack.folder.iterdir())
    for name in names:
        folder = Path(shutil.copytree(pack.folder, tmp_path / f"changed-{name}"))
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)
        assert verify(folder, pack.digest)[2], name
        (folder / name).unlink()
        assert [each for each in verify(folder)[2] if name in each], name
    folder = Path(shutil.copytree(pack.folder, tmp_path / "added"))
    (folder / "more.txt").write_text("x")
    assert verify(folder)[2] == ["more.txt was added"]
    assert verify(tmp_path / "nowhere")[2] == ["manifest.json is missing"]


def reworked(folder: Path, name: str, change_it: Callable[[Any], object]) -> list[str]:
    """Change a document and write a manifest that agrees: what a careful forger would do."""
    found = json.loads((folder / name).read_bytes())
    change_it(found)
    (folder / name).write_text(json.dumps(found))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return verify(folder)[2]


@pytest.mark.parametrize(
    ("name", "change_it", "said"),
    [
        ("items.json", lambda items: items[0].update(username="x"), "is not what its digest says"),
        ("items.json", lambda items: items.pop(), "items, and the campaign"),
        ("decisions.json", lambda found: found[0].update(decision="certify"), "and was decided certify"),
        ("decisions.json", lambda found: found.clear(), "came to revoke, and was decided unsure"),
        ("decisions.json", lambda found: found[0].update(item_digest="0" * 64), "was made on another item"),
        ("outcomes.json", lambda found: found.update(dict.fromkeys(found, "certify")), "came to certify"),
        ("campaign.json", lambda found: found.update(default="revoke"), "came to keep_by_default"),
        ("campaign.json", lambda found: found.pop("default"), "the pack is damaged: KeyError"),
    ],
)
def test_a_change_with_a_manifest_that_agrees_contradicts_the_rest(
    pack: Pack, name: str, change_it: Callable[[Any], object], said: str
) -> None:
    problems = reworked(pack.folder, name, change_it)
    assert any(said in problem for problem in problems), problems
    assert verify(pack.folder, pack.digest)[2][0].startswith("manifest.json has the digest")


def test_a_zip_with_files_that_have_no_place_is_refused(pack: Pack, tmp_path: Path) -> None:
    for name in ("loose.txt", f"{pack.folder.name}/items.json"):
        bad = Path(shutil.copy(pack.archive, tmp_path / "bad.zip"))
        with zipfile.ZipFile(bad, "a") as archive:
            archive.writestr(name, "x")
        assert "has no place in a pack" in verify(bad)[2][0]
    (tmp_path / "bad.zip").write_bytes(b"PK no zip")
    assert "cannot be read" in verify(tmp_path / "bad.zip")[2][0]


def test_the_pack_tells_what_was_decided_and_what_came_of_it(home: Home, pack: Pack) -> None:
    review = load_campaign(home, "q4")
    [decision] = review.decisions
    outcomes = document(pack, "outcomes.json")
    assert outcomes.pop(decision.item_id) == "revoke"
    assert set(outcomes.values()) == {"keep_by_default"}
    after = {each["item_id"]: each for each in document(pack, "before_after.json")}[decision.item_id]
    assert (after["at_close"], after["now"], after["carried_out"]) == ("unchanged", "gone", True)
    assert after["before"] == dict(review.by_id[decision.item_id].access)
    assert document(pack, "closing.json")["result"]["accepted_reason"] == "the quarter is over"
    assert document(pack, "campaign.json")["scope_sha256"] == review.campaign.scope_sha256
    assert document(pack, "started_from.json")["settings"]["stale_after_days"] == 90
    controls = {each["control"] for each in document(pack, "mapping.json")}
    assert controls == {"CC6.1", "CC6.2", "CC6.3", "A.5.18", "7.2.4"}


def test_every_number_is_what_its_sql_gives(home: Home, pack: Pack) -> None:
    numbers = document(pack, "numbers.json")
    assert {each["key"] for each in numbers} >= {"campaign", "outcomes", "reviewers", "decisions"}
    queries = (pack.folder / "queries.sql").read_text()
    for each in numbers:
        assert [list(row.values()) for row in rows(home, each["sql"])] == each["rows"], each["key"]
        assert each["sql"] in queries
    [campaign] = next(each["rows"] for each in numbers if each["key"] == "campaign")
    assert campaign[4:] == [1, 1], "one revoke, carried out"


def test_hostile_names_run_nowhere_and_are_lost_nowhere(pack: Pack) -> None:
    assert {item["username"] for item in document(pack, "items.json")} == {HOSTILE}
    with (pack.folder / "items.csv").open(newline="", encoding="utf-8") as lines:
        fields = [field for row in csv.reader(lines) for field in row]
    assert f"'{HOSTILE}" in fields
    assert not [field for field in fields if re.match(r"[=+\-@\t\r]", field)]
    page = (pack.folder / "summary.html").read_text()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert r"\u202e&lt;script&gt;" in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)=", page)


def test_an_export_never_writes_over_an_earlier_one(home: Home, pack: Pack) -> None:
    again = export(home, "q4", SETTINGS, None, by().now + timedelta(seconds=90))
    assert again.folder != pack.folder
    assert verify(pack.folder, pack.digest)[2] == []
    shutil.copytree(pack.folder, pack.folder.with_name("q4-20270101T000000Z"))
    with pytest.raises(Refused, match="written before"):
        export(home, "q4", SETTINGS, None, datetime(2027, 1, 1, tzinfo=UTC))
