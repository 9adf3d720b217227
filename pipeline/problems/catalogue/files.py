"""Files of people or accounts."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "file_missing",
        symptom="No such file",
        cause="{path} does not exist",
        fix="put the file there, or fix `path` of '{connection}' in connections.yaml",
    ),
    ProblemKind(
        "file_unreadable",
        symptom="The file cannot be read",
        cause="{path} {reason}",
        fix="{advice}",
    ),
    ProblemKind(
        "file_malformed",
        symptom="The file is malformed",
        cause="{path}, {where}: {reason}",
        fix="{advice}",
    ),
    ProblemKind(
        "file_column_missing",
        symptom="A column is missing",
        cause="{path} has no column '{column}', which columns.{field} names; {nearest}",
        fix="write a name the file has: {headers}",
    ),
    ProblemKind(
        "file_no_identity",
        symptom="No column tells one row from another",
        cause="{path} gives none of native_id, employee_id, username, email",
        fix="name one under `columns` of '{connection}', such as `columns: {{employee_id: EmployeeNumber}}`; the file"
        " has: {headers}",
    ),
    ProblemKind(
        "file_not_of_preset",
        symptom="Not the export that `preset` names",
        cause="{path} is no export of {product} (preset {preset}): no column is called {expected}",
        fix="export it again with that column, or name the one that tells one row from another under `columns` of"
        " '{connection}', such as `columns: {{native_id: Login}}`; the file has: {headers}",
    ),
    ProblemKind(
        "file_row_without_id",
        symptom="Rows have no {field}",
        cause="{path}: {count} rows have no {field} ({where}), so their accounts cannot be identified",
        fix="fill them in, or name a column that is always filled as columns.native_id",
    ),
    ProblemKind(
        "file_duplicate_id",
        symptom="Two rows have the same {field}",
        cause="{path}: {where} and differ otherwise, so it is unknown which one is true",
        fix="leave one of them in the file, or name a column that is never repeated as columns.native_id",
    ),
    ProblemKind(
        "no_rows",
        symptom="No rows",
        cause="{path} was read, and lists nobody",
        fix="check the export that writes it",
    ),
    ProblemKind(
        "file_from_future",
        symptom="A file is from the future",
        cause="{path} was last written on {written} by its own date, which is after it was read; its content counts"
        " as of the read",
        fix="set the clock of the machine that writes it, and write it again",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "roster_without_employment",
        symptom="The roster does not say who is employed",
        cause="{path} is a roster, and none of its columns is mapped to status, terminated_on or is_enabled: it says"
        " of no one whether they still work here, so no account is judged by its owner's employment",
        fix="add the column to '{connection}' in connections.yaml, as columns: {{status: HEADER}} or columns:"
        " {{terminated_on: HEADER}} (--columns status=HEADER of `certify connect file`), then `certify sync"
        " {connection}`; or lists_only_active: true (--lists-only-active), where leavers are taken out of the file."
        " The headers are {headers}",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "employment_unknown",
        symptom="The roster does not say of everybody whether they are employed",
        cause="of {count} people in it that is not known, and their accounts are neither owned nor orphaned: {gap}",
        fix="{action}. The table identity.status_words has every status word and what it is taken for",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "decisions_dangling",
        symptom="Decisions count for nothing",
        cause="{count} are about accounts that are in no directory any more, and neither an employee number nor an"
        " address leads to them: {decisions}",
        fix="look at them (`certify identity list`, `certify exception list`), decide anew about the accounts as they"
        " are now, then `certify identity undo` the old ones",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "accounts_quarantined",
        symptom="Accounts are in quarantine",
        cause="{count} fail a self-check ({checks}): what is said of them cannot all be true, so they get no verdict;"
        " every other account does",
        fix='`certify sql "{query}"` lists them with what each one needs; then `certify sync`',
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "roster_stale",
        symptom="The roster is old",
        cause="{path} has not been written since {written}, longer ago than authoritative_max_age ({max_age}): no"
        " account is called orphaned by it, however often it is read",
        fix="export the roster anew over the old file, then `certify sync {connection}`; set authoritative_max_age in"
        " settings.yaml where the export is less frequent on purpose",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "file_encoding_guessed",
        symptom="The encoding was guessed",
        cause="{path} is not UTF-8, and was read as {encoding}",
        fix="say `encoding:` for '{connection}' in connections.yaml, or export the file as UTF-8",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "file_duplicate_rows",
        symptom="Rows are repeated",
        cause="{path}: {count} rows are equal to an earlier one, {where}; each was taken once",
        fix="nothing is lost; fix the export if it bothers you",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "ldif_entries_without_id",
        symptom="Entries have no {field}",
        cause="{path}: {count} entries of accounts have no {field}, {where}; their dn is taken as their id",
        fix="export that attribute too, as an account that may read it: a dn changes when an entry is moved",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "file_cells_unknown",
        symptom="Cells could not be read",
        cause="{path}: {what}; each counts as unknown",
        fix="write dates as 2026-11-24 (or say `date_format:`), and true or false; formulas need a saved result",
        exit_code=ExitCode.OK,
    ),
)
