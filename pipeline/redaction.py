"""Removes secrets, in every form they can be written in, from any text that leaves the process.

AWS does not call the external ID a secret; users expect us to treat it as one, and it costs nothing.
"""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import threading
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, urlsplit

MASK = "[redacted]"
SHORTEST_SECRET = 4
"""A shorter external ID would blank half of every line; the grammar allows two characters, nobody uses them."""
SHORTEST_ENCODED = 8
"""A piece of base64 or hexadecimal that is shorter than this stands in innocent text by chance."""

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


def forms(secret: str) -> frozenset[str]:
    """`secret` as itself, and as Python, JSON, URLs, HTML, base64 and hexadecimal write it."""
    written = {
        secret,
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        repr(secret.encode())[2:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
    }
    written |= {re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in tuple(written)}
    return frozenset({*(form for form in written if len(form) >= SHORTEST_SECRET), *_encodings(secret.encode())})


def _encodings(secret: bytes) -> Iterator[str]:
    """The part of every base64 text that `secret` alone decides, wherever it begins in what is encoded; and its hex.

    Base64 writes three bytes as four characters, so there are three ways in which the same bytes can come out.
    """
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + secret).decode()
        certain = text[-(-shift * 8 // 6) : (shift + len(secret)) * 8 // 6]
        if len(certain) >= SHORTEST_ENCODED:
            yield certain
            yield certain.translate(str.maketrans("+/", "-_"))
    if len(secret) * 2 >= SHORTEST_ENCODED:
        yield secret.hex()
        yield secret.hex().upper()


class Redactor(logging.Filter):
    """Masks known secrets and everything that looks like one in a record's message, arguments and traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._forms: tuple[str, ...] = ()  # the longest first, for one may be a part of another
        self._lock = threading.Lock()

    def learn(self, secret: str) -> None:
        """From now on mask `secret` wherever it appears, in every one of its forms."""
        if len(secret) < SHORTEST_SECRET or secret in self._forms:
            return
        with self._lock:
            self._forms = tuple(sorted({*self._forms, *forms(secret)}, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """`text` without what must not be shown."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
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


def origin_of(url: str) -> str:
    """`scheme://host:port` of an address, without its path and any credentials in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
