"""AWS's error codes, statuses and messages."""

from __future__ import annotations


class ApiError(Exception):
    """An error reply; `code` and `status` are what botocore's `ClientError` will carry, and `reason` what services of
    the JSON protocol say besides."""

    def __init__(self, code: str, message: str, status: int = 400, *, reason: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.reason = reason
        self.code = code
        self.message = message
        self.status = status


def access_denied(message: str) -> ApiError:
    """The reply to whatever authorisation refuses."""
    return ApiError("AccessDenied", message, 403)


def no_such_entity(message: str) -> ApiError:
    """The reply to a name that is not there, any more or ever."""
    return ApiError("NoSuchEntity", message, 404)


def invalid(value: object, parameter: str, constraint: str) -> ApiError:
    """The reply to one parameter out of its bounds."""
    return ApiError(
        "ValidationError",
        f"1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy constraint: {constraint}",
    )


def invalid_token() -> ApiError:
    """The reply to a key nobody issued, or one that was switched off."""
    return ApiError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
