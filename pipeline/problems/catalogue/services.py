"""Alerts, the sample company, and the web pages."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "alerts_unreadable",
        symptom="The record of sent alerts is unreadable",
        cause="{file} cannot be read ({reason}), so it is unknown which failing checks were announced already",
        fix="restore the file, or delete it: every failing check is then announced once more",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "demo_refused",
        symptom="Not the sample company's home",
        cause="{home} has connections of its own, which `certify demo` will neither mix with the sample company nor"
        " replace",
        fix="give the sample company a folder of its own: `certify demo --home DIR`",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "demo_missing",
        symptom="The sample company is not installed",
        cause="the emulated AWS needs {module}, which is not among the requirements of real connections",
        fix="`make demo` in a clone installs it; elsewhere: pip install 'certification-center-pipeline[demo]'",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "disk_full",
        symptom="The disk is full",
        cause="{place} could not be written to; {free} are free there. What was there before is unchanged",
        fix="free some space, or move the home to a larger disk (--home, CERTIFY_HOME); then run the command again."
        " `keep_snapshots` in settings.yaml says how many old snapshots are kept",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "no_home_there",
        symptom="There is no home to delete",
        cause="{home} does not hold the files of a home",
        fix="name the home with --home or CERTIFY_HOME",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "home_kept",
        symptom="Nothing was deleted",
        cause="deleting {home} was not confirmed",
        fix="type the name of the folder when asked; without a terminal, give --yes-delete-everything",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "port_taken",
        symptom="The port cannot be used",
        cause="{host}:{port} cannot be listened on ({reason})",
        fix="end what uses it, or choose another with --port",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "ui_ended",
        symptom="Dagster ended by itself",
        cause="its exit status was {status}; its own messages stand above",
        fix="`certify doctor` looks at its configuration; a dagster.yaml that was changed by hand can be deleted and"
        " is written anew",
        exit_code=ExitCode.UNEXPECTED,
    ),
)
