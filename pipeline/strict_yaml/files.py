"""Opens a YAML file from disk."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from pipeline.strict_yaml.document import Document
from pipeline.strict_yaml.reading import MAX_BYTES, read_yaml


def read_file(path: Path, environ: Mapping[str, str]) -> Document:
    """The document at `path`; an empty one when there is no such file. Its faults include not being readable."""
    document = Document(path.name)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            document.fault((), "is not a file. put one there, or remove it")
            return document
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return document
    except OSError as error:
        document.fault((), f"cannot be read ({error.strerror}). let this user read it")
        return document
    return read_yaml(path.name, raw, environ)
