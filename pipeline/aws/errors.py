"""Classifies botocore's exceptions: the outcome of one action, or the end of the connection."""

from __future__ import annotations

from dataclasses import dataclass

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from pipeline.aws.denials import PLAIN, Denial
from pipeline.coverage import Outcome
from pipeline.problems import Problem
from pipeline.redaction import REDACTOR

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
THROTTLED = {
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
    "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "LimitExceeded", "429",
}  # fmt: skip
NOT_FOUND = {"NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
REJECTED = {
    "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "IncompleteSignature",
    "AuthFailure", "InvalidAccessKeyId", "MissingAuthenticationToken", "NotAuthorized", "OptInRequired",
}  # fmt: skip
NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.ProfileNotFound,
    exceptions.ConfigNotFound,
    exceptions.ConfigParseError,
    exceptions.TokenRetrievalError,
    exceptions.NoAuthTokenError,
    exceptions.SSOError,
    exceptions.LoginError,
    exceptions.InfiniteLoopConfigError,
    exceptions.InvalidConfigError,
    exceptions.MetadataRetrievalError,
    exceptions.RefreshWithMFAUnsupportedError,
)
UNREACHABLE = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyConnectionError,
    exceptions.SSLError,
)
CUT_SHORT = (ResponseParserError, exceptions.IncompleteReadError, exceptions.ResponseStreamingError)
"""Half an answer: botocore retries none of these."""

WRONG_SHAPE = (ValueError, LookupError, TypeError, NameError, AttributeError)
"""What botocore's parsers stumble with over well-formed XML that is not the API's."""

AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError)
LONGEST_MESSAGE = 400
INCOMPLETE = "IncompleteListing"
"""Our own code for a list of users that AWS' own count contradicts."""


class ReadFailedError(Exception):
    """One call did not give an answer; what it would have said is unknown, and `gap` says so in the tables."""

    def __init__(
        self, action: str, outcome: Outcome, code: str = "", message: str = "", denial: Denial = PLAIN
    ) -> None:
        super().__init__(f"{action} {outcome} {code}")
        self.action, self.outcome, self.code, self.message, self.denial = action, outcome, code, message, denial

    @property
    def gap(self) -> str:
        """`iam:GetLoginProfile denied`, with the kind of policy that refused where it is not that the role lacks the
        permission: `iam:GetLoginProfile denied by a service control policy`."""
        return f"{self.action} {self.outcome}{self.denial.by if self.outcome == 'denied' else ''}"


def is_denial(gap: str) -> bool:
    """Whether a gap is one that a permission would close."""
    return gap.partition(" ")[2].startswith("denied")


class NoSuchEntityError(Exception):
    """What was asked for is not there (any more)."""


@dataclass(frozen=True)
class ErrorDescription:
    """An exception, put into our words."""

    outcome: Outcome
    code: str
    message: str
    denial: Denial = PLAIN


def code_of(error: BaseException) -> str:
    """AWS' own error code, or the name of the client-side exception."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def message_of(error: BaseException) -> str:
    """What AWS said, without secrets, and not a page of it (a signature error quotes the whole request)."""
    text = str(error.response.get("Error", {}).get("Message", "")) if isinstance(error, ClientError) else str(error)
    return REDACTOR.clean(" ".join(text.split()))[:LONGEST_MESSAGE]


def meaning_of(error: BaseException) -> ErrorDescription:
    """How a call that raised `error` went."""
    code = code_of(error)
    if code in DENIED:
        return ErrorDescription("denied", code, message_of(error), _denial(error))
    return ErrorDescription("throttled" if code in THROTTLED else "failed", code, message_of(error))


def _denial(error: BaseException) -> Denial:
    """From the whole message: the shortened one may lack the reason, which comes last."""
    if not isinstance(error, ClientError):
        return PLAIN
    response = error.response
    return Denial.from_message(str(response.get("Error", {}).get("Message", "")), str(response.get("Reason") or ""))


def credentials_problem(error: BaseException, connection: str) -> Problem | None:
    """The problem when `error` is about the connector's own credentials or the way to AWS; None when it is about
    neither."""
    code, detail = code_of(error), message_of(error)
    if isinstance(error, NO_CREDENTIALS):
        return Problem.of("no_aws_credentials", connection=connection, error_code=code, detail=detail)
    if isinstance(error, UNREACHABLE):
        return Problem.of("aws_unreachable", connection=connection, error_code=code, detail=detail)
    if code in REJECTED | EXPIRED:
        return Problem.of("aws_credentials_rejected", connection=connection, error_code=code, detail=detail)
    return None


def assume_role_problem(error: BaseException, connection: str, role_arn: str, principal: str) -> Problem:
    """Why AssumeRole of `role_arn` failed, and what to do about it."""
    if problem := credentials_problem(error, connection):
        return problem
    code = code_of(error)
    words = {"connection": connection, "action": "sts:AssumeRole", "error_code": code, "role_arn": role_arn}
    if code in DENIED:
        denial = _denial(error)
        if denial.kind and not denial.is_plain:
            return Problem.of("assume_role_denied_by_policy", principal=principal, **denial.words, **words)
        return Problem.of("assume_role_denied", principal=principal, **words)
    if code == "RegionDisabledException":
        return Problem.of("sts_region_disabled", **words)
    return Problem.of("assume_role_failed", detail=message_of(error), **words)


def listing_problem(failure: ReadFailedError, connection: str, needed_for: str) -> Problem:
    """Why a listing nothing works without could not be read to its end."""
    words = {"connection": connection, "action": failure.action, "error_code": failure.code}
    if failure.outcome == "denied":
        if failure.denial.code:
            return failure.denial.problem(needed_for=needed_for, **words)
        return Problem.of("read_denied", needed_for=needed_for, **words)
    if failure.outcome == "throttled":
        return Problem.of("listing_throttled", **words)
    if failure.code == INCOMPLETE:
        return Problem.of("listing_incomplete", detail=failure.message, **words)
    return Problem.of("listing_failed", detail=failure.message or failure.code, **words)
