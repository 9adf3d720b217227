"""What every delivery channel shares: the delivery error, and reading a channel's secret."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from pipeline.redaction import REDACTOR
from pipeline.strict_yaml.secret_references import one_line, secret_in


class Undeliverable(Exception):
    """A delivery that has to be tried again; `others_too` when nothing else can go the same way now either."""

    def __init__(self, reason: str, *, others_too: bool = True) -> None:
        super().__init__(REDACTOR.clean(" ".join(reason.split()))[:300])
        self.others_too = others_too


def secret(given: SecretStr | None, file: Path | None, key: str) -> str:
    """The secret itself, which no log will show from now on; empty when there is none. Raises Undeliverable."""
    try:
        if file is not None:
            return secret_in(file)
        return one_line(given.get_secret_value()) if given else ""
    except ValueError as error:
        where = f"{file}, which {key} names," if file else f"the value of {key.removesuffix('_file')}"
        raise Undeliverable(f"{where} {error}") from error
