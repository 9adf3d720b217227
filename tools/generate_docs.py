"""Generates the parts of `docs/` that are derived from the program: `python -m tools.generate_docs`."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline.problems import CATALOGUE, ExitCode

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs"
MARTS = ROOT / "dbt_project" / "models" / "marts"
SEEDS = ROOT / "dbt_project" / "seeds"

_BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(page: str) -> str:
    """`page` with every block made anew; KeyError for a block nobody makes."""
    return _BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found['name']]().strip()}\n\n{found[3]}", page)


def blocks_in(page: str) -> list[str]:
    """The names of the generated blocks of a page."""
    return [found["name"] for found in _BLOCK.finditer(page)]


def problems() -> str:
    """Every message the program can print about something a user can fix."""
    parts = []
    for kind in CATALOGUE.values():
        symptom, cause, fix = (_named_values(text) for text in (kind.symptom, kind.cause, kind.fix))
        code = f"{int(kind.exit_code)} ({kind.exit_code.name.lower()})"
        parts.append(f"### {kind.code}\n\n**{symptom}**: {cause}\n\n*Fix:* {fix}\n\nExit code {code}.")
    return "\n\n".join(parts)


def _named_values(text: str) -> str:
    """`{role_arn}` as `ROLE_ARN`: a word that stands for a value, and is not taken for HTML."""
    named = re.sub(r"(?<!\{)\{(\w+)[^{}]*\}(?!\})", lambda found: found[1].upper(), text)
    return named.replace("{{", "{").replace("}}", "}").replace("<", "&lt;")


def exit_codes() -> str:
    """The exit codes as a table."""
    meanings = {
        ExitCode.OK: "everything that was asked for is done",
        ExitCode.UNEXPECTED: "an unexpected error, a defect; `certify doctor` uses it for anything that must be fixed",
        ExitCode.CONFIGURATION: "the command line, connections.yaml or settings.yaml is wrong; nothing was applied",
        ExitCode.FINDINGS: "there are findings at or above `--fail-on`",
        ExitCode.CONNECTION: "no directory could be read: connection or permission",
        ExitCode.PARTIAL: "some directories could not be read; the others are done",
        ExitCode.REFUSED: "a safety gate said no",
        ExitCode.LOCKED: "somebody else is writing to the home; try again",
        ExitCode.INTERRUPTED: "interrupted from the keyboard",
    }
    return _table(("code", "meaning"), ((str(int(code)), meanings[code]) for code in ExitCode))


def permissions() -> str:
    """The read actions by tier, with what each is for."""
    from pipeline.directories.aws_iam.actions import READ_ACTIONS

    tiers = {
        "minimal": "Minimal: the nine a sync can live with",
        "recommended": "Recommended: add these",
        "fallback": "Fallback: asked only where a recommended one is denied",
    }
    parts = []
    for tier, title in tiers.items():
        rows = [(f"`{each.name}`", each.needed_for) for each in READ_ACTIONS.values() if each.tier == tier]
        parts.append(f"### {title}\n\n{_table(('action', 'without it we do not know'), rows)}")
    return "\n\n".join(parts)


def session_policy() -> str:
    """The policy every read session is narrowed to."""
    import json

    from pipeline.directories.aws_iam.actions import READ_ONLY_SESSION_POLICY

    return f"```json\n{json.dumps(json.loads(READ_ONLY_SESSION_POLICY), indent=2)}\n```"


def center_policy() -> str:
    """The policy that allows every read of an Identity Center, and what each action is for."""
    import json

    from pipeline.directories.aws_identity_center.actions import CENTER_ACTIONS, CENTER_SESSION_POLICY

    rows = [(f"`{each.name}`", each.needed_for) for each in CENTER_ACTIONS.values()]
    policy = json.dumps(json.loads(CENTER_SESSION_POLICY), indent=2)
    return f"```json\n{policy}\n```\n\n{_table(('action', 'without it we do not know'), rows)}"


def settings() -> str:
    """Every key of settings.yaml."""
    from pipeline.settings import Settings

    rows = [
        (f"`{name}`", f"`{_value(field.default)}`", field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    return _table(("key", "default", "meaning"), rows)


def connection_keys() -> str:
    """Every key of every kind of connection."""
    from pipeline.connections.models import KINDS

    parts = []
    for kind, model in KINDS.items():
        rows = [
            (f"`{name}`", "required" if field.is_required() else "optional", field.description or "")
            for name, field in model.model_fields.items()
        ]
        parts.append(f"### {kind}\n\n{_table(('key', '', 'meaning'), rows)}")
    return "\n\n".join(parts)


def data_dictionary() -> str:
    """Every published table and column, from the descriptions beside the dbt models."""
    from ruamel.yaml import YAML

    from pipeline.certification.tables import SCHEMA as REVIEW
    from pipeline.warehouse.publish import MART_SCHEMAS

    parts = []
    for schema in MART_SCHEMAS:
        parts.append(f"## {schema}")
        if schema == REVIEW:
            parts += _review_tables()
            continue
        files = (YAML(typ="safe", pure=True).load(file.read_text()) or {} for file in (MARTS / schema).glob("*.yml"))
        models: list[dict[str, Any]] = [model for file in files for model in file.get("models", [])]
        for model in sorted(models, key=lambda each: str(each["name"])):
            rows = [(f"`{c['name']}`", c.get("data_type", ""), c.get("description", "")) for c in model["columns"]]
            name = (model.get("config") or {}).get("alias") or model["name"]
            parts.append(f"### {schema}.{name}\n\n{_line(model['description'])}")
            parts.append(_table(("column", "type", "meaning"), rows))
    return "\n\n".join(parts)


def _review_tables() -> list[str]:
    """The tables that dbt does not build."""
    from pipeline.certification.tables import SCHEMA, TABLES

    parts = []
    for table in TABLES:
        rows = [(f"`{name}`", kind, description) for name, kind, description in table.columns]
        parts += [f"### {SCHEMA}.{table.name}\n\n{_line(table.comment)}", _table(("column", "type", "meaning"), rows)]
    return parts


def match_rules() -> str:
    """Every rule of matching and its weight, from the seed."""
    rows = [
        (f"`{each['rule']}`", each["family"], each["strength"], each["weight"], each["description"])
        for each in _seed("default_match_rules")
    ]
    return _table(("rule", "family", "strength", "weight", "what it goes by"), rows)


def match_thresholds() -> str:
    """Every limit of matching, from the seed."""
    rows = [
        (f"`{each['threshold']}`", each["value"], each["description"]) for each in _seed("default_match_thresholds")
    ]
    return _table(("limit", "value", "meaning"), rows)


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _value(value: object) -> object:
    from pipeline.settings import duration

    if isinstance(value, timedelta):
        return duration(value)
    if value is None or isinstance(value, list):
        return value or "none"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value or '""'


def _line(text: str) -> str:
    return " ".join(text.split())


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_line(str(cell)).replace("|", "\\|") for cell in line) + " |" for line in lines)


BLOCKS: dict[str, Callable[[], str]] = {
    "problems": problems,
    "exit-codes": exit_codes,
    "permissions": permissions,
    "session-policy": session_policy,
    "center-policy": center_policy,
    "settings": settings,
    "connection-keys": connection_keys,
    "data-dictionary": data_dictionary,
    "match-rules": match_rules,
    "match-thresholds": match_thresholds,
}


def main() -> int:
    """Write the blocks into every page that has one."""
    for page in [ROOT / "README.md", *sorted(PAGES.glob("*.md"))]:
        text = page.read_text()
        if (made := refreshed(text)) != text:
            page.write_text(made)
            sys.stderr.write(f"wrote {page.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
