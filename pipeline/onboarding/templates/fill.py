"""Fills values into the template files beside this module, quoted for each language."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.resources import files

_PLACE = re.compile(r"@\{(\w+)\}")
"""`@{name}` marks a place: `$` belongs to the shell, to Terraform and to CloudFormation."""


def fill(file_name: str, /, **values: object) -> str:
    """The text of `file_name` with every place filled; KeyError when a value is missing."""
    text = files("pipeline.onboarding.templates").joinpath(file_name).read_text(encoding="utf-8")
    return _PLACE.sub(lambda place: str(values[place[1]]), text)


def yaml_text(text: str) -> str:
    """A double-quoted YAML scalar; JSON is one."""
    return json.dumps(text)


def hcl_text(text: str) -> str:
    """A quoted Terraform string without interpolation."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")


def json_list(items: Sequence[str], indent: int) -> str:
    """A list, one item a line, that is JSON, YAML and Terraform alike; `indent` is where its closing bracket stands."""
    if not items:
        return "[]"
    inner = ",\n".join(" " * (indent + 2) + json.dumps(item) for item in items)
    return f"[\n{inner}\n{' ' * indent}]"


def indented(text: str, indent: int) -> str:
    """Every line of `text` moved to the right."""
    return "\n".join(" " * indent + line if line else line for line in text.splitlines())
