"""What must never reach a log: external IDs, session tokens, secret keys, signatures.

Belongs here: a logging filter for the loggers of botocore and urllib3, which print whole requests and answers at DEBUG.
Does not belong here: deciding what is logged at all.

AWS does not call the external ID a secret; users expect us to treat it as one, and it costs nothing.
"""

from __future__ import annotations

import logging
import re
import threading
from urllib.parse import quote, quote_plus

MASK = "[redacted]"
SHORTEST_SECRET = 4
"""A shorter external ID would blank half of every line; the grammar allows two characters, nobody uses them."""

_SPOKEN_OF = re.compile(
    r"(?P<before>"
    r"<(?:SecretAccessKey|SessionToken)>"  # STS' XML answer
    r"|x-amz-security-token['\"]?\s*[:=]\s*b?['\"]?"  # header, canonical request
    r"|(?:ExternalId|SessionToken|SecretAccessKey)['\"]?\s*[:=]\s*['\"]?"  # parameters as a dict or a form
    r"|(?:secret_key|token|access_key)=['\"]?"  # credentials as a named tuple
    r"|Signature[:=]\s*"
    r")(?P<secret>[^<&'\"\s,)]+)",
    re.IGNORECASE,
)
_LOGGERS = ("botocore", "boto3", "urllib3", "s3transfer")


class Redactor(logging.Filter):
    """Masks known secrets and everything that looks like one in a record's message, arguments and traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: tuple[str, ...] = ()  # the longest first, for one may be a part of another
        self._lock = threading.Lock()

    def learn(self, secret: str) -> None:
        """From now on mask `secret` wherever it appears, also as URLs spell it."""
        if len(secret) >= SHORTEST_SECRET:
            with self._lock:
                known = {*self._secrets, secret, quote(secret, safe=""), quote_plus(secret)}
                self._secrets = tuple(sorted(known, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """`text` without what must not be shown."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return _SPOKEN_OF.sub(lambda match: match["before"] + MASK, text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; never drop one."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # a badly made record must not break the call it tells of
            text = f"{record.msg} {record.args}"
        record.msg, record.args = self.clean(text), ()
        if record.exc_info:
            record.exc_text = self.clean(record.exc_text or logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


REDACTOR = Redactor()
"""One for the process: the loggers it guards are the process' own."""


def guard_loggers() -> None:
    """Put the filter on every logger of botocore and its transport that exists by now; cheap, and safe to repeat.

    A filter on a parent logger does not see its children's records, therefore on each.
    """
    names = [name for name in list(logging.root.manager.loggerDict) if name.split(".")[0] in _LOGGERS]
    for name in {*names, *_LOGGERS}:
        logging.getLogger(name).addFilter(REDACTOR)
