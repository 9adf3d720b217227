"""Decisions on identities and findings."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "ledger_unreadable",
        symptom="The ledger of decisions cannot be used",
        cause="{file} {reason}; nothing is judged without it, because what people decided would be forgotten",
        fix="restore the file from a backup; or move it aside, and bring the decisions back with `certify identity"
        " import` from a file that `certify identity export` wrote",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "build_untested",
        symptom="The tables were not tested as a whole",
        cause="{reason}; the last good publication stays",
        fix="run `certify sync`, or the job `build` in the Dagster pages; it loads, builds, tests and publishes in one",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "ledger_broken",
        symptom="The ledger of decisions is not what certify wrote",
        cause="{file}: {found}; nothing is judged or published by it, and nothing is added to it, because the decisions"
        " in it cannot be trusted",
        fix="restore ledger.sqlite and ledger-head.json together from a backup; if you know the change and it is right:"
        " `certify ledger accept --reason TEXT`, which records that you accepted it. `certify ledger verify` lists"
        " every row concerned",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "ledger_busy",
        symptom="The ledger of decisions is being written to",
        cause="another process has kept {file} for more than {seconds} s",
        fix="try again when it is done",
        exit_code=ExitCode.LOCKED,
    ),
    ProblemKind(
        "what_if_unfit",
        symptom="This cannot be tried",
        cause="{field} {reason}",
        fix="give another value; identity.match_rules lists the rules, identity.match_thresholds the limits",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "decision_unfit",
        symptom="This is no decision",
        cause="{reason}",
        fix="nothing was recorded; decide again with that fixed",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "decisions_contradict",
        symptom="This contradicts what was decided before",
        cause="{reason}. In the way: {decisions}",
        fix="nothing was recorded; look at them with `certify identity list`, undo those that are wrong (`certify"
        " identity undo {first} --reason ...`), then decide again",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_decision",
        symptom="No such decision",
        cause="'{decision_id}' {reason}",
        fix="`certify identity list` and `certify exception list` show the ids",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_account",
        symptom="No such account",
        cause="nothing that was published is called '{name}'{closest}",
        fix='give an account_key, a user name, an e-mail address or an employee id; `certify sql "select account_key,'
        ' username, email from inventory.accounts"` lists them',
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "ambiguous_account",
        symptom="Several accounts are called that",
        cause="'{name}' may be {choices}",
        fix="give one of these account_keys instead",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_finding",
        symptom="No such finding",
        cause="'{finding_id}' {reason}",
        fix="`certify findings --json` shows the finding_id of each open finding; the first letters of one are enough",
        exit_code=ExitCode.CONFIGURATION,
    ),
)
