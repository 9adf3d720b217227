"""Thresholds and switches of a home: what there is to set, its default, and what it does.

Belongs here: every key of `settings.yaml`.
Does not belong here: anything about one connection (`connections`), or the rules that use a threshold.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from pipeline.home import Home
from pipeline.strict_yaml.checking import check
from pipeline.strict_yaml.faults import InvalidFileError
from pipeline.strict_yaml.files import read_file

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    written = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", value) if isinstance(value, str) else None
    if not written:
        raise ValueError("is not a duration. write a number and m, h or d, such as 48h or 7d")
    return timedelta(**{_UNITS[written[2]]: int(written[1])})


def _number(low: float, high: float, value: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"is outside {low:g} to {high:g}. choose a number between them")


class Settings(BaseModel):
    """All of `settings.yaml`; a key that is not written has its default."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    stale_after_days: int = Field(
        default=90,
        description="A usable credential that was last used (or, never used, created) longer ago than this is stale.",
    )
    authoritative_max_age: Annotated[timedelta, BeforeValidator(_duration)] = Field(
        default=timedelta(hours=48),
        description="A roster read longer ago than this settles nothing: no account is called orphaned by it.",
    )
    max_shrink: float = Field(
        default=0.2,
        description="A directory that lost more than this fraction of its rows since its last good sync is held"
        " until a person accepts it. Only together with max_shrink_rows.",
    )
    max_shrink_rows: int = Field(
        default=10, description="Losing fewer rows than this never holds a directory, whatever fraction of it they are."
    )
    keep_snapshots: int = Field(
        default=10,
        description="How many attempts of each connection are kept, newest first. The current snapshot always is.",
    )
    landing: str = Field(
        default="",
        description="Where snapshots are kept: a folder, or s3://bucket/prefix. Empty means landing/ in the home.",
    )
    max_connections_at_once: int = Field(default=16, description="How many connections are read at the same time.")
    threads_per_connection: int = Field(
        default=8, description="How many calls one connection has under way at the same time."
    )
    reused_report_user_limit: int = Field(
        default=1000,
        description="When AWS hands out a credential report made up to four hours ago, accounts of up to this many"
        " users are asked again, user by user, for what may have changed since.",
    )
    read_tags_per_user: bool = Field(
        default=False,
        description="Where the bulk read is not allowed, ask for each user's tags and boundary with one more call a"
        " user. Owner tags are not seen without it.",
    )

    @field_validator("stale_after_days", "keep_snapshots", "max_shrink_rows")
    @classmethod
    def _sensible_count(cls, value: int) -> int:
        _number(1, 10_000, value)
        return value

    @field_validator("max_connections_at_once", "threads_per_connection")
    @classmethod
    def _sensible_threads(cls, value: int) -> int:
        _number(1, 64, value)
        return value

    @field_validator("max_shrink")
    @classmethod
    def _fraction(cls, value: float) -> float:
        _number(0, 1, value)
        return value

    @field_validator("reused_report_user_limit")
    @classmethod
    def _limit(cls, value: int) -> int:
        _number(0, 5_000, value)
        return value

    @field_validator("landing")
    @classmethod
    def _place(cls, value: str) -> str:
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", value)
        if scheme and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#]*)?", value):
            raise ValueError("is no place for snapshots. write a folder, or s3://bucket/prefix")
        return value.rstrip("/") if scheme else value


def load_settings(home: Home, environ: Mapping[str, str] | None = None) -> Settings:
    """The home's settings, or the defaults when it has no file; `environ` fills `${NAME}` (default: the process's).

    Raises InvalidFileError, which lists everything that is wrong with the file.
    """
    document = read_file(home.settings_file, os.environ if environ is None else environ)
    settings = Settings()
    if document.value is not None:
        settings = check(Settings, document, (), document.value) or settings
    if document.faults:
        raise InvalidFileError(document.file, document.faults)
    return settings
