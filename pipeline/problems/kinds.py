"""The shape of a catalogue entry, and the exit codes of the public contract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What a `certify` command tells the shell; the meanings are part of the public contract."""

    OK = 0
    UNEXPECTED = 1
    CONFIGURATION = 2
    FINDINGS = 3
    CONNECTION = 4
    PARTIAL = 5
    REFUSED = 6
    LOCKED = 75
    INTERRUPTED = 130


@dataclass(frozen=True)
class ProblemKind:
    """One thing a user can do about a failure.

    `symptom`, `cause` and `fix` may hold `{placeholders}`; `Problem.of` fills them and complains about a missing one.
    """

    code: str
    symptom: str
    cause: str
    fix: str
    exit_code: ExitCode = ExitCode.CONNECTION
