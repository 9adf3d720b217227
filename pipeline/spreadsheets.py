"""Guards text against being run as a formula by a spreadsheet, and takes the guard off again."""

from __future__ import annotations

import re

# Where a spreadsheet would begin a formula (OWASP ASVS 1.2.10): at the start of a cell, and behind any character that a
# program set to another locale takes for the end of one, such as `;`. The quotes in front belong to it, so that one can
# be put there and taken off again without doubt.
_FORMULA = r"(?=(?:')*[=+\-@\t\r\0])"
_STARTS = r"(?:^|(?<=[;,|\t\r\n\"]))"
_OPEN = re.compile(_STARTS + _FORMULA)
_CLOSED = re.compile(_STARTS + "'" + _FORMULA)


def guarded(text: str) -> str:
    """`text` with a `'` wherever a spreadsheet would begin to run it."""
    return _OPEN.sub("'", text)


def unguarded(text: str) -> str:
    """What was guarded."""
    return _CLOSED.sub("", text)
