"""A problem that happened, and the exceptions that carry one."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.problems.catalogue import CATALOGUE
from pipeline.problems.kinds import ExitCode
from pipeline.redaction import REDACTOR


@dataclass(frozen=True)
class Problem:
    """A `ProblemKind` that happened, to one connection (empty when it concerns none).

    `message` says what happened and why likely; `remedy` is the exact fix; `action` is the API action at fault, e.g.
    `iam:ListUsers`; `error_code` is the directory's own code, e.g. `AccessDenied`.
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
            message=REDACTOR.clean(f"{kind.symptom.format(**fields)}: {kind.cause.format(**fields)}"),
            remedy=REDACTOR.clean(kind.fix.format(**fields)),
            exit_code=kind.exit_code,
            action=action,
            error_code=error_code,
        )

    def __str__(self) -> str:
        where = f"connection '{self.connection}': " if self.connection else ""
        return f"{where}{self.message}\n  fix: {self.remedy}"


class CertifyError(Exception):
    """A failure the user can fix; `problem` says how."""

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
    """Another process holds the home; try again."""
