"""The warehouse and the published file."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "warehouse_open",
        symptom="The warehouse is open elsewhere",
        cause="{file} is held by pid {pid}, and DuckDB lets one process at a time write",
        fix="wait for that process or end it, then try again; to look at the results open certification.duckdb instead",
        exit_code=ExitCode.LOCKED,
    ),
    ProblemKind(
        "warehouse_unreadable",
        symptom="The warehouse cannot be opened",
        cause="{file}: {reason}",
        fix="move the file aside and run `certify sync`: it is rebuilt from the landing (first-seen dates start anew)",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "snapshot_unreadable",
        symptom="A snapshot cannot be loaded",
        cause="{snapshot_id} of '{connection}' is not what was landed: {reason}",
        fix="run `certify sync {connection}` to read the directory again; until then the rows loaded before stay,"
        " with their own date",
        exit_code=ExitCode.PARTIAL,
    ),
    ProblemKind(
        "project_invalid",
        symptom="dbt cannot run the project",
        cause="{project}: {reason}",
        fix="undo the last change of the project; `dbt parse` says more",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "build_failed",
        symptom="The tables were not published",
        cause="{count} of the dbt models and tests failed, first {first}; what was published before is unchanged",
        fix="see the messages above; when the rows of one directory are at fault, fix them there and run `certify"
        " sync` again",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "nothing_to_publish",
        symptom="There is nothing to publish",
        cause="{file} holds no mart",
        fix="run `certify sync`",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "not_published",
        symptom="Nothing has been published yet",
        cause="{file} does not exist",
        fix="run `certify sync` (or `certify demo` for the sample company)",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "not_judged_then",
        symptom="Nothing was judged as of that instant",
        cause="exports/as-of in the home has no file for {instant}; there is: {there}",
        fix="run `certify sync --as-of {instant}` first; it reads no directory and publishes nothing",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "published_unreadable",
        symptom="The published file cannot be opened",
        cause="{file}: {reason}",
        fix="run `certify sync`: it is written anew",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "identity_ids_unreadable",
        symptom="The identity ids cannot be read",
        cause="{why}; {warehouse} has no finished build to take them from either. Without them every identity would get"
        " a new id, and whoever keeps identity ids could not follow them, so nothing was loaded",
        fix="put {file} back from a backup. Where there is none, delete the file and run `certify sync`: every identity"
        " then gets its id anew",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "query_refused",
        symptom="Only one select at a time is answered",
        cause="this is {found}",
        fix="write one statement that reads: select, from, with, pivot, describe, summarize or show",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "query_failed",
        symptom="DuckDB could not answer",
        cause="{reason}",
        fix='the tables and their columns: `certify sql "select * from information_schema.columns"`',
        exit_code=ExitCode.CONFIGURATION,
    ),
)
