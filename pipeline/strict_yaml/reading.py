"""Parses YAML to plain values with the position of each, and refuses what a settings file must not contain.

Plain scalars follow YAML 1.2's core schema. Anchors, aliases, tags, directives and further documents are refused, so
that nothing can grow larger than what is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pipeline.strict_yaml.document import Document, SourcePosition
from pipeline.strict_yaml.issues import Path, printable

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 8
MAX_VALUES = 50_000
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\x85\u2028\u2029\ufeff")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,100}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TWO_FACED = re.compile(r"yes|no|on|off|y|n", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\$(?=\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")


def read_yaml(file: str, raw: bytes, environ: Mapping[str, str]) -> Document:
    """Everything `raw` says, and everything that is wrong with how it says it. Never raises for its content."""
    document = Document(file)
    if len(raw) > MAX_BYTES:
        document.fault((), f"is larger than {MAX_BYTES // 1024} KiB. take out what does not belong here")
        return document
    try:
        document.text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        document.fault((), f"is not UTF-8 (byte {raw[error.start]:#04x}). save it with the encoding UTF-8", line)
        return document
    _refuse_invisible(document)
    if not document.faults:
        _parse(document, environ)
    return document


def _refuse_invisible(document: Document) -> None:
    """Refuse what an editor does not show, or shows in another order than it is read."""
    for number, line in enumerate(document.text.split("\n"), start=1):
        hidden = _hidden(line.removesuffix("\r").replace("\t", " "))
        if hidden:
            document.fault((), f"holds the invisible character {hidden}. remove it", number)


def _hidden(text: str) -> str:
    """The first character that is never part of a name, as `U+202E`; empty when there is none."""
    for char in text:
        if char in _BIDI or char in _BREAKS or unicodedata.category(char) in ("Cc", "Cs"):
            return f"U+{ord(char):04X}"
    return ""


def _parse(document: Document, environ: Mapping[str, str]) -> None:
    reader = _Reader(document, environ)
    try:
        reader.run()
    except _GiveUpError:
        pass  # the fault is noted
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = printable(error.problem or error.context, 200)
        advice = "check the indentation, colons, brackets and quotes here"
        document.fault((), f"is not valid YAML ({reason}). {advice}", mark.line + 1 if mark else reader.line)
    except (YAMLError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        # the parser has no better name for a broken escape or directive
        document.fault((), f"is not valid YAML ({printable(error, 200)}). check what follows here", reader.line)


class _GiveUpError(Exception):
    """The rest of the file cannot be made sense of."""


class _Reader:
    """Builds the value of a document out of the parser's events, in one walk that cannot go deeper than `MAX_DEPTH`."""

    def __init__(self, document: Document, environ: Mapping[str, str]) -> None:
        self.document, self.environ = document, environ
        self.line, self.count = 1, 0
        self.last_content: Any = None
        self.events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(document.text))

    def run(self) -> None:
        documents = 0
        while not isinstance(event := self.next(), ev.StreamEndEvent):
            if isinstance(event, ev.DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    self.stop((), "starts with a % directive. remove it")
                if documents > 1:
                    self.stop((), "holds a second document. keep one, and remove the --- line")
                self.document.value = self.value(self.next(), ())

    def next(self) -> Any:
        event = next(self.events)
        self.line = event.start_mark.line + 1
        if isinstance(event, ev.ScalarEvent) or event.end_mark.index > event.start_mark.index:
            self.last_content = event.end_mark
        return event

    def stop(self, path: Path, text: str) -> None:
        self.document.fault(path, text, self.line)
        raise _GiveUpError

    def value(self, event: Any, path: Path, key: ev.ScalarEvent | None = None) -> Any:
        self.count += 1
        if self.count > MAX_VALUES:
            self.stop((), f"holds more than {MAX_VALUES:,} values. it cannot be meant to")
        if len(path) > MAX_DEPTH:
            self.stop(path[:2], "is nested too deeply. check the brackets and the indentation")
        self.refuse_magic(event, path)
        value: Any = None
        if isinstance(event, ev.ScalarEvent):
            value = self.scalar(event, path)
        elif isinstance(event, ev.SequenceStartEvent):
            value = []
            while not isinstance(item := self.next(), ev.SequenceEndEvent):
                value.append(self.value(item, (*path, len(value))))
        elif isinstance(event, ev.MappingStartEvent):
            value = self.mapping(path)
        start, end, first = event.start_mark, self.last_content or event.end_mark, (key or event).start_mark
        self.document.written.setdefault(
            path,
            SourcePosition(
                line=start.line,
                last_line=end.line,
                start=start.index,
                end=end.index,
                key_line=first.line,
                key_column=first.column,
                text=getattr(event, "value", ""),
                in_block=not getattr(event, "flow_style", False),
            ),
        )
        return value

    def mapping(self, path: Path) -> dict[str, Any]:
        value: dict[str, Any] = {}
        first: dict[str, int] = {}
        while not isinstance(key := self.next(), ev.MappingEndEvent):
            if not isinstance(key, ev.ScalarEvent):
                self.stop(path, "has a key that is not a word. write it as `key: value`")
            line, inner = self.line, (*path, key.value)
            self.refuse_magic(key, inner)
            self.refuse_hidden(key.value, inner)
            found = self.value(self.next(), inner, key)
            if key.value in value:
                text = f"is given twice, first on line {first[key.value]}. keep one of them"
                self.document.fault(inner, text, line)
            else:
                value[key.value], first[key.value] = found, line
        return value

    def scalar(self, event: ev.ScalarEvent, path: Path) -> Any:
        text: str = event.value
        if event.style is None:
            if _TWO_FACED.fullmatch(text):
                advice = f'write true, or false, or "{text}" in quotes'
                self.document.fault(path, f"`{text}` is a truth value to some and text to others. {advice}", self.line)
            if text in _TRUTH:
                return _TRUTH[text]
            if text in _NOTHING:
                return None
            if _INTEGER.fullmatch(text):
                return int(text)
            if _FLOAT.fullmatch(text):
                return float(text)
        text = self.expand(text, path)
        self.refuse_hidden(text, path)
        return text

    def expand(self, text: str, path: Path) -> str:
        """Put the environment's values where `${NAME}` stands; what they hold is text, and is not looked into again."""

        def of(match: re.Match[str]) -> str:
            name = match[1]
            if match[0] == "$$":
                return "$"
            if name in self.environ:
                return self.environ[name]
            if name is None:
                wrong = "holds `${` without a name and `}`. write ${NAME}, or $${ for the characters themselves"
            else:
                wrong = f"the environment variable {name} is not set. set it, or write the value here"
            self.document.fault(path, wrong, self.line)
            return ""

        return _VARIABLE.sub(of, text)

    def refuse_hidden(self, text: str, path: Path) -> None:
        hidden = _hidden(text)
        if hidden:
            self.document.fault(path, f"holds the character {hidden}, which no name has. remove it", self.line)

    def refuse_magic(self, event: Any, path: Path) -> None:
        if isinstance(event, ev.AliasEvent) or event.anchor:
            self.document.fault(path, "uses an anchor or an alias (& or *). write the value out", self.line)
        elif event.ctag is not None:
            self.document.fault(path, f"has a tag ({printable(event.ctag)}). remove it", self.line)
