"""Reads a connection's secrets from the environment or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from pipeline.problems import ConnectionFailed, Problem
from pipeline.strict_yaml.secret_references import FROM_OUTSIDE, one_line, secret_in


def given_secrets(connection: BaseModel) -> list[str]:
    """The keys of a connection that hold a secret: not to be shown to anybody, for the file names where it is kept."""
    fields = type(connection).model_fields
    return [
        key for key, field in fields.items() if field.json_schema_extra == FROM_OUTSIDE and getattr(connection, key)
    ]


def secret_of(connection: Any, key: str) -> str:
    """The secret of `key`, from the environment or from the file that `{key}_file` names; empty when it has neither.

    Raises ConnectionFailed when that file cannot be read or is empty, or the secret is no single line.
    """
    value: SecretStr | None = getattr(connection, key)
    path: Path | None = getattr(connection, f"{key}_file")
    try:
        if value is not None:
            return one_line(value.get_secret_value())
        return secret_in(path) if path else ""
    except ValueError as error:
        file, wrong = (f"the value of {key}", key) if value is not None else (str(path), f"{key}_file")
        problem = Problem.of("secret_unreadable", connection=connection.name, file=file, reason=error, key=wrong)
        raise ConnectionFailed(problem) from error
