"""Names that attack whoever shows them, and texts that attack whoever pastes them into SQL."""

from __future__ import annotations

from itertools import product

FORMULAS = tuple(f"{start}{body}" for start, body in product("=+-@\t\r", ("1+1", "cmd|'/C calc'!A0", "SUM(A1)", "x")))
SEPARATED = tuple(f"a{separator}={body}" for separator, body in product(";,|\t", ("1+1", "cmd|'/C calc'!A0")))
ESCAPES = tuple(
    f"\x1b{what}{name}" for what, name in product(("[2J", "[31m", "]0;t\x07", "[8m", "c"), ("a", "=1", "é"))
)
DIRECTIONS = tuple(
    f"{mark}gnp.exe{mark}" for mark in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
INVISIBLE = tuple(
    f"ad{mark}min" for mark in "\u00ad\u200b\u200c\u200d\u2060\ufeff\u180e\U000e0041\u2028\u2029\x00\x07\x08\x7f\x85"
)
MARKUP = tuple(
    text.format(url)
    for text, url in product(
        (
            "<script>fetch('{}')</script>",
            "<img src=x onerror=\"location='{}'\">",
            "<svg/onload=fetch('{}')>",
            "![x]({})",
            "[x]({})",
            "<{}|click>",
            "</td></table><iframe src='{}'>",
            "{{{{ '{}' }}}}",
        ),
        ("http://192.0.2.1/x", "//192.0.2.1/x", "javascript:PWN()", "data:text/html,x", "file:///etc/passwd"),
    )
)
MAIL = tuple(
    f"x{end}{line}"
    for end, line in product(
        ("\r\n", "\n", "\r", "\u2028"),
        ("Bcc: all@example.org", ".", "MAIL FROM:<x>", "\r\n<html>", "Subject: y", "Content-Type: text/html"),
    )
)
MENTIONS = ("<!channel>", "<!here>", "<@U123>", "@everyone", "<!subteam^S1>", "`x`", "*x*", "~x~", "&amp;", ":smile:")
ODD = (
    "null",
    "NA",
    "None",
    "nan",
    "00042",
    "1e5",
    "TRUE",
    "'=1",
    "''=1",
    "'",
    '"',
    '""',
    "\\",
    "\\n",
    "x" * 2000,
    " a ",
)
NAMES = (
    *dict.fromkeys((*FORMULAS, *SEPARATED, *ESCAPES, *DIRECTIONS, *INVISIBLE, *MARKUP, *MAIL, *MENTIONS, *ODD)),
    *(f"{first}{second}" for first, second in product(FORMULAS[:6], DIRECTIONS[:8])),
)
"""More than 200, each of them once."""

_BREAKS = (
    "'",
    '"',
    "';",
    '";',
    "')",
    '")',
    "`",
    "\\'",
    "*/",
    "\n",
    "$$",
    "]]",
    "''",
    '""',
    "x'",
    "%' or '",
    "{x}",
    "?",
    ":x",
    "$1",
)
_PAYLOADS = (
    "drop table canary",
    "drop table canary; --",
    " or 1=1 --",
    " union select 1 --",
    "; delete from canary; --",
    "; attach 'x.db' as x; --",
    "; copy canary to 'x.csv'; --",
    "; install httpfs; --",
    "); insert into canary values (2); --",
    "; set lock_configuration = false; --",
    " as x; create table stolen as select 1; --",
    "; pragma database_list; --",
    "; begin; rollback; --",
    "; call dbgen(sf = 1); --",
    "/*",
    "; export database 'x'; --",
    "; update canary set n = 2 where '1'='1",
    "|| (select max(n) from canary) ||",
    "; detach canary; --",
    "#",
    "; load 'x'; --",
    "; vacuum; --",
    "\t;\tdrop\ttable\tcanary\t;",
    "; create schema stolen; --",
    "--",
)
SQL = tuple(f"{broken}{payload}" for broken, payload in product(_BREAKS, _PAYLOADS))
"""500 of them."""
