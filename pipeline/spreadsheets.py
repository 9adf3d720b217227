"""Text in the cells of CSV files that people open in a spreadsheet, and bring back.

Belongs here: the guard against text that a spreadsheet would run as a formula, put on and taken off.
Does not belong here: what is in a file.
"""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula (OWASP ASVS 1.2.10). With the leading quotes in it the guard can be taken off
# again without doubt: one `'` goes wherever this matches what follows it.
_FORMULA = re.compile("'*[=+\\-@\t\r\0]")


def guarded(text: str) -> str:
    """`text` with a `'` in front where a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What was guarded."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
