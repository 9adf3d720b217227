"""The base model of a connection: its name."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator


class NamedConnection(BaseModel):
    """A directory somebody connected."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    name: str = Field(
        description="Short name, [a-z][a-z0-9-]{0,40}: directory_id in every table, and the partition in Dagster."
        " Another name is another directory."
    )
    display_name: str = Field(
        default_factory=lambda known: str(known.get("name", "")), description="What people call it. Default: the name."
    )

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", value):
            raise ValueError("is not a possible name. use up to 41 of a-z 0-9 -, starting with a letter")
        return value

    @field_validator("display_name")
    @classmethod
    def _short(cls, value: str) -> str:
        if not 1 <= len(value.strip()) <= 200:
            raise ValueError("is blank or longer than 200 characters. write a short name, or remove the line")
        return value
