"""Keys that refer outside their file: secrets, and paths relative to the home."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, BeforeValidator, ValidationInfo
from pydantic.config import JsonDict

from pipeline.redaction import REDACTOR

FROM_OUTSIDE: JsonDict = {"from_outside": True}
"""`json_schema_extra` of a key whose value must not stand in the file: only `${NAME}` may."""
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
ADVICE = "write ${NAME} and set that variable, or name a file that holds it with"
LARGEST_SECRET = 65_536


def from_base(value: object, info: ValidationInfo) -> object:
    """A path; a relative one starts at `context["base"]`, the home's folder."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise ValueError("is empty. write the path of a file")
    base = (info.context or {}).get("base")
    path = Path(value).expanduser()
    return Path(base) / path if base else path


HomePath = Annotated[Path, BeforeValidator(from_base)]


def is_path(annotation: object) -> bool:
    """Whether a key of this annotation holds a path."""
    return annotation is Path or any(is_path(part) for part in get_args(annotation))


def inline_secrets(model: type[BaseModel], written: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Keys whose secret stands in `written` itself, each with what to say of it."""
    for key, field in model.model_fields.items():
        text = written.get(key) if field.json_schema_extra == FROM_OUTSIDE else None
        if isinstance(text, str) and VARIABLE.fullmatch(text.strip()) is None:
            yield key, f"is a secret, and stands here for everybody to read. {ADVICE} {key}_file"


def secret_in(path: Path) -> str:
    """The secret a file holds; a line break at its end is no part of it.

    Raises ValueError, with the reason in a few words, when the file cannot be read, is empty or has several lines.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_SECRET).decode().rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise ValueError(f"cannot be read ({type(error).__name__})") from error
    if not text:
        raise ValueError("is empty")
    return one_line(text)


def one_line(secret: str) -> str:
    """`secret`, when it has no control character; a library would refuse it in a message that shows all of it.

    Raises ValueError with the reason, and without the secret.
    """
    REDACTOR.learn(secret)
    found = next((character for character in secret if unicodedata.category(character) == "Cc"), None)
    if found is not None:
        for line in secret.splitlines():  # a library may print one alone
            REDACTOR.learn(line)
        named = {"\n": "a line break", "\r": "a line break", "\t": "a tab"}.get(
            found, f"the control character U+{ord(found):04X}"
        )
        raise ValueError(f"holds {named} inside the secret; a secret is one line")
    return secret
