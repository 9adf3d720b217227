"""Problems a user can act on: what happened, why likely, and the exact fix."""

from pipeline.problems.catalogue import CATALOGUE
from pipeline.problems.kinds import ExitCode, ProblemKind
from pipeline.problems.problem import CertifyError, ConfigurationError, ConnectionFailed, Locked, Problem, Refused

__all__ = [
    "CATALOGUE",
    "CertifyError",
    "ConfigurationError",
    "ConnectionFailed",
    "ExitCode",
    "Locked",
    "Problem",
    "ProblemKind",
    "Refused",
]
