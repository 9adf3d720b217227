"""Nothing is installed but what is locked by hash, and no lock sends anyone to another registry."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.promises.plugin import PromiseCount
from tools.supply_chain.locks import REQUIREMENTS, SETS, locked, needed_for, read_lock

ROOT = REQUIREMENTS.parent
HASH = "sha256:" + "0" * 64


@pytest.mark.promise("P27")
@pytest.mark.parametrize("lock", SETS)
def test_every_locked_package_has_its_hashes_and_no_line_names_a_registry(lock: str, promise: PromiseCount) -> None:
    text = (REQUIREMENTS / f"{lock}.txt").read_text()
    assert len(read_lock(text)) > 100
    assert re.findall(r"--(?:index|extra-index|find|trusted)|://|\s@\s|^-[a-z]", text, re.MULTILINE) == []
    promise.count("locked packages", len(locked(lock)))
    promise.count("hashes", sum(len(each.hashes) for each in locked(lock)))


@pytest.mark.parametrize(
    "line",
    [
        "duckdb",
        "duckdb==1.0",
        f"duckdb>=1.0 --hash={HASH}",
        "duckdb==1.0 --hash=md5:00",
        f"--index-url https://example.org/simple\nduckdb==1.0 --hash={HASH}",
        f"duckdb @ https://example.org/duckdb.whl --hash={HASH}",
        f"git+https://example.org/duckdb --hash={HASH}",
    ],
)
def test_any_other_line_makes_a_lock_worthless(line: str) -> None:
    with pytest.raises(ValueError, match="not pinned by hash"):
        read_lock(line)


@pytest.mark.parametrize("lock", [name for name in SETS if name != "base"])
def test_larger_sets_hold_the_program_as_it_is_locked(lock: str) -> None:
    assert {(each.name, each.version) for each in locked("base")} <= {
        (each.name, each.version) for each in locked(lock)
    }
    assert set(needed_for().values()) == set(SETS.values())


@pytest.mark.promise("P27")
def test_every_installation_requires_the_hashes() -> None:
    """`.ci/run` installs by `make` alone, so that what holds here holds in CI."""
    recipes = (ROOT / "Makefile").read_text().splitlines()
    installs = [line for line in recipes if "$(INSTALL)" in line]
    assert len(installs) == 4
    for line in installs:
        assert "--no-deps" in line
        assert "--require-hashes" in line or "--no-build-isolation --editable ." in line, line
    assert [
        line for line in (ROOT / ".ci" / "run").read_text().splitlines() if re.search(r"\bpip\b|\buv\b", line)
    ] == []


@pytest.mark.promise("P27")
def test_a_package_that_is_not_what_was_locked_is_not_installed(tmp_path: Path) -> None:
    wheel = made_wheel(tmp_path)
    right = "sha256:" + hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert install(tmp_path, right) == 0
    assert install(tmp_path, HASH) != 0


def install(folder: Path, digest: str) -> int:
    """The exit code of pip's attempt, as the Makefile makes it, to install the package under that hash."""
    (requirements := folder / "lock.txt").write_text(f"tiny==1.0 --hash={digest}\n")
    command = [sys.executable, "-m", "pip", "install", "--isolated", "--dry-run", "--quiet", "--no-index"]
    options = ["--find-links", str(folder), "--no-deps", "--require-hashes", "--requirement", str(requirements)]
    return subprocess.run([*command, *options], capture_output=True, check=False).returncode


def made_wheel(folder: Path) -> Path:
    """The smallest package there is."""
    files = {
        "tiny.py": "",
        "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {name: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()) for name, text in files.items()}
    record = "".join(f"{name},sha256={digest.decode().rstrip('=')},\n" for name, digest in digests.items())
    with zipfile.ZipFile(path := folder / "tiny-1.0-py3-none-any.whl", "w") as archive:
        for name, text in {**files, "tiny-1.0.dist-info/RECORD": f"{record}tiny-1.0.dist-info/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return path
