"""The keys of settings.yaml, with their defaults and descriptions."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from pipeline.home import Home
from pipeline.strict_yaml.checking import check
from pipeline.strict_yaml.document import Document
from pipeline.strict_yaml.files import read_file
from pipeline.strict_yaml.issues import InvalidFileError, printable
from pipeline.strict_yaml.secret_references import FROM_OUTSIDE, HomePath, inline_secrets

ATTRIBUTE_MEANINGS = (
    "identity",
    "email",
    "employee_id",
    "username",
    "owner",
    "owner_or_self",
    "team",
    "creator",
    "application",
    "kind",
    "department",
    "other",
)
"""What an attribute can be said to mean; `other` and `creator` are evidence for nothing."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MOST_ADDRESSES = 50
_SMTP = re.compile(r"smtps?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?")
_HTTPS = re.compile(r"https://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[!-~]*)?")
_HTTP_HERE = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?(/[!-~]*)?")


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    written = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", value) if isinstance(value, str) else None
    if not written:
        raise ValueError("is not a duration. write a number and s, m, h or d, such as 48h or 7d")
    return timedelta(**{_UNITS[written[2]]: int(written[1])})


def _number(low: float, high: float, value: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"is outside {low:g} to {high:g}. choose a number between them")


def match_rules() -> tuple[str, ...]:
    """The rules of matching, as the dbt project's seed `default_match_rules` names them."""
    seed = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds" / "default_match_rules.csv"
    with seed.open(newline="", encoding="utf-8") as lines:
        return tuple(sorted(row["rule"] for row in csv.DictReader(lines)))


class Settings(BaseModel):
    """All of `settings.yaml`; a key that is not written has its default."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    stale_after_days: int = Field(
        default=90,
        description="A usable credential that was last used (or, never used, created) longer ago than this is stale.",
    )
    authoritative_max_age: Annotated[timedelta, BeforeValidator(_duration)] = Field(
        default=timedelta(hours=48),
        description="A roster older than this settles nothing: no account is called orphaned by it. A file is as old as"
        " its content (when it was last written), however often it was read since.",
    )
    max_shrink: float = Field(
        default=0.2,
        description="A directory that lost more than this fraction of its rows since its last good sync is held"
        " until a person accepts it. Only together with max_shrink_rows; one that was emptied is always held.",
    )
    max_shrink_rows: int = Field(
        default=10, description="Losing fewer rows than this does not hold a directory, unless they were all it had."
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
    read_deadline: Annotated[timedelta, BeforeValidator(_duration)] = Field(
        default=timedelta(minutes=30),
        description="So long reading one connection may take, from 1s to 7d. Past it the read has failed: what was"
        " read before stays current, and the other connections go on.",
    )
    max_read_mb: int = Field(
        default=1024,
        description="So many megabytes the answers of one directory may have together. A directory that sends more has"
        " failed, as past the deadline. (A file has `max_size_mb` of its own.)",
    )
    threads_per_connection: int = Field(
        default=8, description="How many calls one connection has under way at the same time."
    )
    reused_report_user_limit: int = Field(
        default=0,
        description="When AWS hands out a credential report made up to four hours ago, its facts carry its time, and"
        " accounts of up to this many users are read live instead, user by user. 0: none are; `certify sync --fresh`"
        " reads every account live.",
    )
    read_tags_per_user: bool = Field(
        default=False,
        description="Where the bulk read is not allowed, ask for each user's tags and boundary with one more call a"
        " user. Owner tags are not seen without it.",
    )
    alert_email_to: list[str] = Field(
        default=[], description="Who is mailed when a check starts to fail, and when it is healthy again."
    )
    alert_email_from: str = Field(default="", description="The address such mail comes from.")
    alert_smtp_url: str = Field(
        default="",
        description="The mail server: smtps://HOST, or smtp://HOST, which begins TLS (STARTTLS) before anything is"
        " said. A port may follow (465 and 587 without). Plain only to this machine.",
    )
    alert_smtp_user: str = Field(default="", description="Who logs in at the mail server. Empty: nobody does.")
    alert_smtp_password: SecretStr | None = Field(
        default=None, description="The password of alert_smtp_user, as ${ENV_VAR} only.", json_schema_extra=FROM_OUTSIDE
    )
    alert_smtp_password_file: HomePath | None = Field(
        default=None, description="A file with that password, instead. Relative to the home."
    )
    alert_webhook_url: SecretStr | None = Field(
        default=None,
        description="Where the same is posted as JSON (Slack shows its `text`), as ${ENV_VAR} only: such an address is"
        " a secret. https, or http to this machine.",
        json_schema_extra=FROM_OUTSIDE,
    )
    alert_webhook_url_file: HomePath | None = Field(
        default=None, description="A file with that address, instead. Relative to the home."
    )
    alert_ca_file: HomePath | None = Field(
        default=None,
        description="Certificates that mail server and webhook are checked against (PEM) instead of the system's. There"
        " is no way not to check.",
    )

    review_min_coverage: float = Field(
        default=0.95,
        description="An access review with a smaller share of its items decided cannot be closed, unless a person"
        " accepts that with a reason.",
    )
    review_max_pace: int = Field(
        default=30,
        description="Reviewers who decide more items a minute than this, over 20 or more decisions, are taken to"
        " approve without looking.",
    )
    review_uniform_items: int = Field(
        default=20,
        description="So are those who certify this many items or more, all of them, and say nothing about any that was"
        " recommended to be revoked.",
    )
    review_revoke_days: int = Field(
        default=14,
        description="So many days after it was decided a revoke must be carried out, as later reads show.",
    )
    review_remind_days: int = Field(
        default=3,
        description="From so many days before the deadline of an access review its undecided items are announced, where"
        " alerts go.",
    )

    assignment_confidence: float = Field(
        default=0.6,
        description="An account is given to the likeliest person from this confidence on; below it, it is ambiguous or"
        " nobody's.",
    )
    assignment_odds: float = Field(
        default=3.0,
        description="And only when the odds of that person are at least this many times the next one's.",
    )
    match_weights: dict[str, float] = Field(
        default_factory=dict,
        description="Other weights for the rules of matching, such as {full_name: 0.6}; 0 switches a rule off. The"
        " table identity.match_rules lists the rules and the weights in force.",
    )

    status_words: dict[Literal["active", "on_leave", "terminated"], list[str]] = Field(
        default={},
        description="What status words of rosters mean, such as {terminated: [Laid off, T], active: [Staff]}: active,"
        " on_leave (employed, even where the record is disabled) or terminated. They win over what the end dates of a"
        " roster show, and over our list. The table identity.status_words has every word seen, and what it is taken"
        " for.",
    )

    attributes: dict[str, str] = Field(
        default_factory=dict,
        description="What tags and further attributes mean, by name, such as {Ansvarig: owner, created-by: creator};"
        " `certify identity attributes` lists each one seen and what it is taken for.",
    )

    @field_validator("attributes")
    @classmethod
    def _meanings(cls, value: dict[str, str]) -> dict[str, str]:
        for attribute, meaning in value.items():
            if meaning not in ATTRIBUTE_MEANINGS:
                known = ", ".join(ATTRIBUTE_MEANINGS)
                raise ValueError(f"gives '{printable(attribute)}' an unknown meaning: {meaning}. choose among {known}")
        if len({attribute.strip().lower() for attribute in value}) < len(value):
            raise ValueError("names an attribute twice; case does not count. keep one of them")
        return value

    @field_validator(
        "stale_after_days",
        "keep_snapshots",
        "max_shrink_rows",
        "review_max_pace",
        "review_uniform_items",
        "review_revoke_days",
        "review_remind_days",
    )
    @classmethod
    def _sensible_count(cls, value: int) -> int:
        _number(1, 10_000, value)
        return value

    @field_validator("max_connections_at_once", "threads_per_connection")
    @classmethod
    def _sensible_threads(cls, value: int) -> int:
        _number(1, 64, value)
        return value

    @field_validator("assignment_odds")
    @classmethod
    def _ratio(cls, value: float) -> float:
        _number(1, 1_000, value)
        return value

    @field_validator("match_weights")
    @classmethod
    def _weights(cls, value: dict[str, float]) -> dict[str, float]:
        rules = match_rules() if value else ()
        for rule, weight in value.items():
            if rule not in rules:
                raise ValueError(f"names no rule: {rule}. choose among {', '.join(rules)}")
            _number(0, 1, weight)
        return value

    @field_validator("status_words")
    @classmethod
    def _one_meaning_a_word(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        meanings: dict[str, str] = {}
        for meaning, words in value.items():
            for word in words:
                plain = " ".join(word.casefold().split())
                if not plain:
                    raise ValueError(f"has an empty word for {meaning}. remove it")
                if meanings.setdefault(plain, meaning) != meaning:
                    raise ValueError(f"says '{printable(word)}' means {meanings[plain]} and {meaning}. keep one")
        return value

    @field_validator("max_shrink", "assignment_confidence", "review_min_coverage")
    @classmethod
    def _fraction(cls, value: float) -> float:
        _number(0, 1, value)
        return value

    @field_validator("read_deadline")
    @classmethod
    def _sensible_deadline(cls, value: timedelta) -> timedelta:
        if not timedelta(seconds=1) <= value <= timedelta(days=7):
            raise ValueError("is outside 1s to 7d. choose a duration between them")
        return value

    @field_validator("max_read_mb")
    @classmethod
    def _sensible_size(cls, value: int) -> int:
        _number(1, 65_536, value)
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

    @field_validator("alert_email_to")
    @classmethod
    def _receivers(cls, value: list[str]) -> list[str]:
        for address in value:
            _address(address)
        if len({address.lower() for address in value}) < len(value):
            raise ValueError("names somebody twice. name each address once")
        _number(0, _MOST_ADDRESSES, len(value))
        return value

    @field_validator("alert_email_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        return _address(value)

    @field_validator("alert_smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if not _SMTP.fullmatch(value):
            raise ValueError(
                "is not the URL of a mail server. write smtps://HOST or smtp://HOST, with :PORT if need be"
            )
        return value.rstrip("/")

    @field_validator("alert_webhook_url")
    @classmethod
    def _webhook(cls, value: SecretStr) -> SecretStr:
        if reason := webhook_fault(value.get_secret_value()):
            raise ValueError(reason)
        return value

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        mail = (self.alert_email_to, self.alert_email_from, self.alert_smtp_url)
        if any(mail) and not all(mail):
            raise ValueError(
                "alert_email_to, alert_email_from and alert_smtp_url belong together. give all of them, or none"
            )
        passwords = [self.alert_smtp_password, self.alert_smtp_password_file].count(None)
        if passwords == 0 or bool(self.alert_smtp_user) != (passwords == 1):
            raise ValueError(
                "alert_smtp_user goes with alert_smtp_password or alert_smtp_password_file, one of them. complete them"
            )
        if self.alert_smtp_password is not None and not self.alert_smtp_password.get_secret_value():
            raise ValueError("alert_smtp_password is empty. set its variable")
        if None not in (self.alert_webhook_url, self.alert_webhook_url_file):
            raise ValueError("has alert_webhook_url and alert_webhook_url_file. keep one of them")
        return self


def duration(value: timedelta) -> str:
    """A duration as it is written in settings.yaml, such as `48h` or `30m`."""
    for unit, length in (("h", timedelta(hours=1)), ("m", timedelta(minutes=1))):
        if value >= length and not value % length:
            return f"{value / length:g}{unit}"
    return f"{value.total_seconds():g}s"


def webhook_fault(url: str) -> str:
    """What is wrong with the address of a webhook, without saying it; empty when nothing is."""
    if _HTTPS.fullmatch(url) or _HTTP_HERE.fullmatch(url):
        return ""
    return "is not an address that is safe to send to. it must begin with https://"


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError(f"'{printable(value)}' is not an e-mail address. write it alone, such as ops@example.org")
    return value


def load_settings(home: Home, environ: Mapping[str, str] | None = None) -> Settings:
    """The home's settings, or the defaults when it has no file; `environ` fills `${NAME}` (default: the process's).

    Raises InvalidFileError, which lists everything that is wrong with the file.
    """
    document = read_file(home.settings_file, os.environ if environ is None else environ)
    settings = Settings()
    if document.value is not None:
        _refuse_inline_secrets(document)
        settings = check(Settings, document, (), document.value, {"base": home.root}) or settings
    if document.faults:
        raise InvalidFileError(document.file, document.faults)
    return settings


def _refuse_inline_secrets(document: Document) -> None:
    keys = document.value if isinstance(document.value, dict) else ()
    written = {key: document.written[(key,)].text for key in keys if (key,) in document.written}
    for key, fault in inline_secrets(Settings, written):
        document.fault((key,), fault)
