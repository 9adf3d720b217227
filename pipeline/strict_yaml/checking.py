"""Validates values with a pydantic model, and words its complaints for the file they come from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails, PydanticUndefined

from pipeline.strict_yaml.document import Document
from pipeline.strict_yaml.issues import Path, printable

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class KeyDescription:
    """One key of a model, for `--help`, `doctor` and the documentation."""

    name: str
    type: str
    default: str
    required: bool
    description: str


def check(
    model: type[Model], document: Document, at: Path, value: Any, context: Mapping[str, Any] | None = None
) -> Model | None:
    """`value`, which stands at `at`, as a `model`; or None, and every complaint noted in `document`."""
    if not isinstance(value, Mapping):
        document.fault(at, f"is {_kind(value)}. write it as lines of `key: value`")
        return None
    try:
        return model.model_validate(value, strict=True, context=dict(context or {}))
    except ValidationError as error:
        for complaint in error.errors(include_url=False):
            if complaint["type"] == "default_factory_not_called":
                continue  # follows from another complaint
            path = (*at, *(part for part in complaint["loc"] if part != "[key]"))
            document.fault(path, _words(model, document, path, complaint))
        return None


def keys(model: type[BaseModel]) -> list[KeyDescription]:
    """Every key of `model`, in the order it declares them."""
    return [
        KeyDescription(
            name=name,
            type=_type(field.annotation),
            default="" if field.is_required() else _shown(field.get_default(call_default_factory=False)),
            required=field.is_required(),
            description=field.description or "",
        )
        for name, field in model.model_fields.items()
    ]


def suggestion(word: object, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the words there are."""
    choices = list(known)
    near = difflib.get_close_matches(str(word).lower(), choices, n=1)
    return f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(choices)}"


def _words(model: type[BaseModel], document: Document, path: Path, complaint: ErrorDetails) -> str:
    kind, found, context = complaint["type"], complaint["input"], complaint.get("ctx", {})
    if kind == "missing":
        return "is missing. add it"
    if kind == "extra_forbidden":
        return f"is not a key of this. {suggestion(path[-1], model.model_fields)}"
    if kind == "literal_error":
        expected = [str(choice).strip("'") for choice in str(context["expected"]).replace(" or ", ", ").split(", ")]
        if complaint["loc"][-1] == "[key]":
            return f"is not a key of this. {suggestion(path[-1], expected)}"
        return f"'{printable(found)}' is not possible. {suggestion(found, expected)}"
    if kind == "value_error":
        return str(context["error"])
    if found is None:
        return "is empty. give it a value, or remove the line"
    written = document.written[path].text if path in document.written else ""
    if kind in ("string_type", "is_instance_of") and isinstance(found, bool | int | float):
        field = model.model_fields.get(str(path[-1]))
        shown = (
            "..."
            if field is not None and SecretStr in (field.annotation, *get_args(field.annotation))
            else printable(written)
        )
        return f'`{shown}` is {_kind(found)}, not text. put it in quotes: "{shown}"'
    wanted = _WANTED.get(kind)
    if wanted:
        return f"is {_kind(found)}. write {wanted}"
    return f"{complaint['msg'][:1].lower()}{complaint['msg'][1:]}. change it"


_WANTED = {
    "string_type": "text",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "float_type": "a number, without quotes",
    "dict_type": "it as lines of `key: value`",
    "list_type": "it as a list, one `- ` a line",
}


def _kind(value: object) -> str:
    """What a person would call `value`."""
    if value is None:
        return "empty"
    for types, name in (
        (bool, "a truth value"),
        ((int, float), "a number"),
        (str, "text"),
        (list, "a list"),
    ):
        if isinstance(value, types):
            return name
    return "a section of keys"


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " | ".join(str(choice) for choice in get_args(annotation))
    if get_origin(annotation) is dict:
        return "key: value"
    if get_origin(annotation) is list:
        return f"list of {_type(get_args(annotation)[0])}"
    parts = [part for part in get_args(annotation) if part is not type(None)]
    if parts:
        return _type(parts[0])
    names = {str: "text", bool: "true | false", int: "whole number", float: "number", SecretStr: "text"}
    return names.get(annotation, {"timedelta": "duration (48h, 7d)", "Path": "path"}.get(annotation.__name__, "text"))


def _shown(default: object) -> str:
    if default is None or default is PydanticUndefined:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, timedelta):
        return f"{default / timedelta(hours=1):g}h"
    return str(default)
