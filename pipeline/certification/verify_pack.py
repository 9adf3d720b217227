#!/usr/bin/env python3
"""Verifies an evidence pack of an access review: python3 verify.py [FOLDER or ZIP] [--digest SHA256]

Needs Python 3.9 or newer and nothing else: a copy of this file is in every pack. It checks that every file is the one
the manifest names, that none is missing or was added, that every item is what its digest says, that every decision is
about an item of the pack and the digest that was shown, and that the numbers add up.

Hashes show changes; they do not show who made them. Compare the digest of the manifest with the one that was printed
when the pack was written, and the scope with `scope_sha256` in the ledger.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
LARGEST = 2 * 1024**3
"""Bytes a file of a pack may have when unpacked."""


def main(arguments: list[str]) -> int:
    """Print what is wrong with a pack, or that nothing is. Returns 0, or 6 when it does not verify."""
    expected = ""
    if "--digest" in arguments:
        at = arguments.index("--digest")
        expected = arguments[at + 1] if at + 1 < len(arguments) else "missing"
        arguments = arguments[:at] + arguments[at + 2 :]
    place = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    digest, count, problems = verify(place, expected)
    for problem in problems:
        sys.stdout.write(f"NOT AS WRITTEN: {problem}\n")
    if not problems:
        sys.stdout.write(f"{count} files, each as written. SHA-256 of the manifest: {digest}\n")
    return 6 if problems else 0


def verify(place: Path, expected: str = "") -> tuple[str, int, list[str]]:
    """(SHA-256 of the manifest, files checked, problems) of a pack in a folder or a zip file."""
    try:
        files = _zipped(place) if place.is_file() else _folder(place)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        return "", 0, [f"{place} cannot be read: {error}"]
    if MANIFEST not in files:
        return "", 0, [f"{MANIFEST} is missing"]
    digest = _sha256(files[MANIFEST])
    problems: list[str] = []
    if expected and expected != digest:
        problems.append(f"{MANIFEST} has the digest {digest}, not {expected}")
    try:
        problems += _of_files(files, json.loads(files[MANIFEST])["files"])
        if not problems:
            problems += _of_content(files)
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        problems.append(f"the pack is damaged: {type(error).__name__} {error}")
    return digest, len(files), problems


def _of_files(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(set(listed) - set(files)):
        yield f"{name} is missing"
    for name in sorted(set(files) - set(listed) - {MANIFEST}):
        yield f"{name} was added"
    for name in sorted(set(files) & set(listed)):
        if _sha256(files[name]) != listed[name]["sha256"]:
            yield f"{name} was changed"


def _of_content(files: Mapping[str, bytes]) -> Iterator[str]:
    """What the documents say against one another."""
    campaign = json.loads(files["campaign.json"])
    items = {item["item_id"]: item for item in json.loads(files["items.json"])}
    decisions = json.loads(files["decisions.json"])
    outcomes = json.loads(files["outcomes.json"])
    if len(items) != campaign["item_count"]:
        yield f"items.json has {len(items)} items, and the campaign {campaign['item_count']}"
    for item_id, item in items.items():
        if _canonical_sha256({**item, "digest": ""}) != item["digest"]:
            yield f"items.json: {item_id} is not what its digest says"
    for decision in decisions:
        item = items.get(decision["item_id"])
        if item is None:
            yield f"decisions.json: {decision['decision_id']} is about no item of the pack"
        elif decision["item_digest"] != item["digest"]:
            yield f"decisions.json: {decision['decision_id']} was made on another item than is in the pack"
    yield from _of_outcomes(campaign, items, decisions, outcomes)


def _of_outcomes(
    campaign: Mapping[str, Any], items: Mapping[str, Any], decisions: list[Any], outcomes: Mapping[str, str]
) -> Iterator[str]:
    """The latest decision counts; without one, or where it is unsure, a closed campaign has its default."""
    if set(outcomes) != set(items):
        yield "outcomes.json is not about the items of the pack"
        return
    latest = {decision["item_id"]: decision["decision"] for decision in decisions}
    without = f"{campaign['default']}_by_default" if campaign["status"] == "closed" else "undecided"
    for item_id, outcome in outcomes.items():
        decided = latest.get(item_id, "unsure")
        if outcome != (without if decided == "unsure" else decided):
            yield f"outcomes.json: {item_id} came to {outcome}, and was decided {decided}"


def _folder(place: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(place.rglob("*")):
        if path.is_symlink():
            raise ValueError(f"{path.name} is a link")
        if path.is_file():
            found[path.relative_to(place).as_posix()] = path.read_bytes()
    return found


def _zipped(place: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(place) as archive:
        for entry in archive.infolist():
            name = entry.filename.partition("/")[2]  # every file is in one folder
            if entry.is_dir():
                continue
            if not name or name in found or entry.file_size > LARGEST:
                raise ValueError(f"{entry.filename!r} has no place in a pack")
            found[name] = archive.read(entry)
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _canonical_sha256(document: Any) -> str:
    return _sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
