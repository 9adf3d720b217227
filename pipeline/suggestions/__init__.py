"""Suggests a person for accounts without a certain one, by similar names and logins (optional extra)."""

from __future__ import annotations

from importlib.util import find_spec


def are_available() -> bool:
    """Whether the extra is installed: `pip install '.[splink]'`."""
    return find_spec("splink") is not None
