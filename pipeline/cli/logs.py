"""Configures logging to stderr, with secrets redacted."""

from __future__ import annotations

import logging
from typing import TextIO

from pipeline.redaction import REDACTOR

QUIETED = ("boto3", "botocore", "s3transfer", "urllib3")
"""At DEBUG these log external IDs, session tokens and signatures: they are held at INFO whatever `-v` says."""


def redact(text: str) -> str:
    """`text` without the secrets this process has met, and without whatever looks like one."""
    return REDACTOR.clean(text)


class Redacting(logging.Formatter):
    """Redacts the finished line, so that arguments and tracebacks are covered as well."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return redact(super().format(record))


def configure(verbosity: int, stream: TextIO) -> None:
    """Warnings by default, INFO with `-v`, DEBUG with `-vv`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each.formatter, Redacting)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel({0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG))
    for name in QUIETED:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
    # A role that refuses is told in our words; botocore's own are a traceback.
    logging.getLogger("botocore.credentials").setLevel(logging.ERROR if verbosity == 0 else logging.INFO)
