"""Everything that can go wrong and that a user can do something about, worded once.

Belongs here: one `ProblemKind` for each thing a user can do about a failure, its words, its exit code, and the exceptions that carry it.
Does not belong here: detecting a problem (that is the reader's business) or printing it (the CLI's and the checks').

The troubleshooting page in `docs/` is generated from `CATALOGUE`, so that a message and its documentation cannot drift apart.
"""

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


@dataclass(frozen=True)
class Problem:
    """A `ProblemKind` that happened, to one connection (empty when it concerns none).

    `message` says what happened and why likely; `remedy` is the exact fix; `action` is the API action at fault, e.g. `iam:ListUsers`;
    `error_code` is the directory's own code, e.g. `AccessDenied`.
    """

    code: str
    connection: str
    message: str
    remedy: str
    exit_code: ExitCode = ExitCode.CONNECTION
    action: str = ""
    error_code: str = ""

    @classmethod
    def of(
        cls, code: str, *, connection: str = "", action: str = "", error_code: str = "", **values: object
    ) -> Problem:
        """Word the catalogue's entry `code` for this case; KeyError when a placeholder has no value."""
        kind = CATALOGUE[code]
        fields = {"connection": connection, "action": action, "error_code": error_code, **values}
        return cls(
            code=code,
            connection=connection,
            message=f"{kind.symptom.format(**fields)}: {kind.cause.format(**fields)}",
            remedy=kind.fix.format(**fields),
            exit_code=kind.exit_code,
            action=action,
            error_code=error_code,
        )

    def __str__(self) -> str:
        where = f"connection '{self.connection}': " if self.connection else ""
        return f"{where}{self.message}\n  fix: {self.remedy}"


class CertifyError(Exception):
    """A failure the user can mend; `problem` says how."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class ConfigurationError(CertifyError):
    """A file or an option of the user's is wrong; nothing was applied."""


class ConnectionFailed(CertifyError):
    """A directory could not be reached, or a read it needs was denied or cut short."""


class Refused(CertifyError):
    """A safety gate said no."""


class Locked(CertifyError):
    """Somebody else holds the home; try again."""


def _catalogue(*kinds: ProblemKind) -> dict[str, ProblemKind]:
    return {kind.code: kind for kind in kinds}


CATALOGUE: dict[str, ProblemKind] = _catalogue(
    # --- the four of the contract, section 7: these words are relied on ---
    ProblemKind(
        "assume_role_denied",
        symptom="AccessDenied on AssumeRole",
        cause="the trust policy's principal or external ID of {role_arn} does not match the connection"
        " (or no such role exists; AWS does not tell these apart)",
        fix="in the role's trust policy compare Principal with {principal} and the sts:ExternalId condition with the"
        " external_id of '{connection}' in connections.yaml; both must be equal to the letter",
    ),
    ProblemKind(
        "read_denied",
        symptom="Not authorized to perform {action}",
        cause="the role's permission policy (or a boundary or SCP above it) does not allow it; not judged because of it:"
        " {needed_for}",
        fix='attach IAMReadOnlyAccess to the role, or this statement: {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}',
    ),
    ProblemKind(
        "invalid_role_arn",
        symptom="Invalid role ARN",
        cause="'{role_arn}' {reason}",
        fix="copy it from the AWS console: IAM > Roles > the role > ARN; it looks like"
        " arn:aws:iam::111122223333:role/CertificationCenterReadOnly",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "no_users",
        symptom="No users returned",
        cause="account {account_id} answered, and lists not one user",
        fix="check the account id in the role ARN; the users may all be gone (an account that uses only IAM Identity Center has none),"
        " or the account may be the wrong one",
    ),
    # --- the home and its files ---
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
        fix="mend the lines named above; nothing of the file was applied",
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
