"""`make audit`: known vulnerabilities of what is locked, by pip-audit and the OSV database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.supply_chain.locks import REQUIREMENTS

LOCK = REQUIREMENTS / "dev.txt"
LONGEST_SECONDS = 900


@dataclass(frozen=True)
class Verdict:
    """How an audit ended: the lines to print, and the exit code (1: something is vulnerable or was not looked at)."""

    lines: tuple[str, ...]
    exit_code: int


def judge(dependencies: Sequence[Mapping[str, Any]], reason: str = "") -> Verdict:
    """The verdict on pip-audit's answer; `reason` is what it said on stderr."""
    looked_at = [each for each in dependencies if "skip_reason" not in each]
    skipped = [each for each in dependencies if "skip_reason" in each]
    if not looked_at:
        why = reason.strip().rpartition("\n")[2] or "no package could be looked up"
        return Verdict(
            (f"Skipped: no vulnerability database could be reached ({why}). Nothing is known either way.",), 0
        )
    vulnerable = [
        f"{each['name']} {each['version']}: {known['id']}, fixed in {', '.join(known['fix_versions']) or 'no version'}"
        for each in looked_at
        for known in each["vulns"]
    ]
    unknown = [f"{each['name']}: not looked at ({each['skip_reason']})" for each in skipped]
    total = (
        f"{len(looked_at)} packages looked up, {len(vulnerable)} known vulnerabilities, {len(skipped)} not looked up."
    )
    return Verdict((*vulnerable, *unknown, total), int(bool(vulnerable or unknown)))


def audit(*options: str) -> Verdict:
    """Look up every package of the lock; `options` go to pip-audit."""
    command = ["--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--vulnerability-service", "osv"]
    try:
        ran = subprocess.run(  # noqa: S603 - a fixed command of this environment
            [sys.executable, "-m", "pip_audit", *command, "--format", "json", "--progress-spinner", "off", *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return judge([], f"no answer within {LONGEST_SECONDS} s")
    try:
        return judge(json.loads(ran.stdout)["dependencies"], ran.stderr)
    except ValueError:  # it gave up before it had any answer
        return judge([], ran.stderr)


if __name__ == "__main__":
    verdict = audit()
    sys.stdout.write("\n".join(verdict.lines) + "\n")
    sys.exit(verdict.exit_code)
