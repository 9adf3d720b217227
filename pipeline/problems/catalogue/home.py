"""The home and its files."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "locked",
        symptom="The home is locked",
        cause="{home} is held by pid {pid} since {since} ({purpose})",
        fix="wait until it is done and try again; the lock of a process that died frees itself",
        exit_code=ExitCode.LOCKED,
    ),
    ProblemKind(
        "home_unusable",
        symptom="Not a usable home",
        cause="{home} {reason}",
        fix="choose a folder of its own with --home DIR or CERTIFY_HOME",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "invalid_file",
        symptom="{file} cannot be used",
        cause="{faults}",
        fix="fix the lines named above; nothing of the file was applied",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "no_connections",
        symptom="No directory is connected",
        cause="{file} is missing or lists none",
        fix="list one in it (name, kind, and role_arn or path), or see a company at work with `certify demo`",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_connection",
        symptom="No such connection",
        cause="'{name}' is not in {file}; it lists {known}",
        fix="use one of these names, or list it in the file first",
        exit_code=ExitCode.CONFIGURATION,
    ),
)
