"""Suggestions for accounts whose person is not certain: who it may be, by how much names and logins resemble.

Belongs here: what is compared, the model, and the table `identity.match_suggestions`. It needs the optional package
Splink; without it the table stays empty.
Does not belong here: any decision. A suggestion is never merged: the rules of the dbt project and people decide.
"""

from __future__ import annotations

from importlib.util import find_spec


def are_available() -> bool:
    """Whether the extra is installed: `pip install '.[splink]'`."""
    return find_spec("splink") is not None
