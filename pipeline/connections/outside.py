"""Secrets of a connection: that they are kept outside connections.yaml, and how they are had when they are needed.

Belongs here: what a connection's keys say of its secrets. The keys themselves are of `strict_yaml.outside`.
Does not belong here: what a secret opens.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from pipeline.problems import ConnectionFailed, Problem
from pipeline.strict_yaml.outside import FROM_OUTSIDE, secret_in


def given_secrets(connection: BaseModel) -> list[str]:
    """The keys of a connection that hold a secret: not to be shown to anybody, for the file names where it is kept."""
    fields = type(connection).model_fields
    return [
        key for key, field in fields.items() if field.json_schema_extra == FROM_OUTSIDE and getattr(connection, key)
    ]


def secret_of(connection: Any, key: str) -> str:
    """The secret of `key`, from the environment or from the file that `{key}_file` names; empty when it has neither.

    Raises ConnectionFailed when that file cannot be read or is empty.
    """
    value: SecretStr | None = getattr(connection, key)
    if value is not None:
        return value.get_secret_value()
    path: Path | None = getattr(connection, f"{key}_file")
    if path is None:
        return ""
    try:
        return secret_in(path)
    except ValueError as error:
        problem = Problem.of(
            "secret_unreadable", connection=connection.name, file=path, reason=error, key=f"{key}_file"
        )
        raise ConnectionFailed(problem) from error
