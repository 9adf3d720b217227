"""`certify connect KIND NAME` for kinds without a wizard; options are generated from the kind's keys."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pipeline.cli import invocation, steps
from pipeline.cli.commands.connect_aws import NAME, ended
from pipeline.cli.invocation import Invocation
from pipeline.problems import ConfigurationError, ExitCode, Problem

WITH_A_COMMAND_OF_ITS_OWN = ("aws_iam", "aws_identity_center")
DONE_OTHERWISE = ("name", "kind")


class Kinds(TyperGroup):
    """The commands of `connect`, and one more for each kind; these are made only when somebody asks for them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *_kinds()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        known = super().get_command(ctx, cmd_name)
        return known or (_made(cmd_name) if cmd_name in _kinds() else None)


def _kinds() -> list[str]:
    from pipeline.connections.models import KINDS

    return [kind for kind in KINDS if kind not in WITH_A_COMMAND_OF_ITS_OWN]


@functools.cache
def _made(kind: str) -> Any:
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    app.command(kind)(invocation.command(_command(kind)))
    return typer.main.get_command(app)


def _command(kind: str) -> Callable[..., ExitCode]:
    """The function behind `certify connect KIND`, with a parameter for each key."""
    from pipeline.connections.models import KINDS
    from pipeline.strict_yaml.checking import KeyDescription, keys

    own = [key for key in keys(KINDS[kind]) if key.name not in DONE_OTHERWISE]

    def connect(invocation: Invocation, name: str, **given: Any) -> ExitCode:
        return _connected(invocation, kind, name, {key.name: _value(key, given[key.name]) for key in own})

    def parameter(key: KeyDescription) -> inspect.Parameter:
        return inspect.Parameter(key.name, inspect.Parameter.KEYWORD_ONLY, annotation=_option(key), default=None)

    title = inspect.cleandoc(KINDS[kind].__doc__ or "").splitlines()[0]
    connect.__doc__ = f"""{title} Tested first, and saved in connections.yaml when it can be read.

    The options are the keys of connections.yaml, by the same names.
    """
    first = [
        inspect.Parameter("invocation", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Invocation),
        inspect.Parameter("name", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=NAME),
    ]
    connect.__signature__ = inspect.Signature([*first, *map(parameter, own)])  # type: ignore[attr-defined]
    connect.__annotations__ = {}
    return connect


def _option(key: Any) -> Any:
    """A typer option for one key; a section of keys is given as KEY=VALUE, once for each."""
    flag = f"--{key.name.replace('_', '-')}"
    if key.type == "true | false":
        flag = f"{flag}/--no-{flag[2:]}"
    kinds: dict[str, Any] = {"true | false": bool | None, "whole number": int | None, "key: value": list[str] | None}
    shapes = {"key: value": "OURS=THEIRS", "true | false": None, "whole number": "NUMBER", "path": "FILE"}
    words = key.description + (f" Default: {key.default}." if key.default and "Default:" not in key.description else "")
    required = " [required]" if key.required else ""
    choices = f" One of {key.type.replace(' | ', ', ')}." if " | " in key.type and key.type not in kinds else ""
    option = typer.Option(
        flag, metavar=shapes.get(key.type, "TEXT"), help=f"{words}{choices}{required}", show_default=False
    )
    return Annotated[kinds.get(key.type, str | None), option]


def _value(key: Any, given: Any) -> Any:
    """What the key's model takes; None leaves the key out."""
    if not isinstance(given, list):
        return given
    pairs = [text.partition("=") for text in given]
    broken = [text for text, (_, equals, _) in zip(given, pairs, strict=True) if not equals]
    if broken:
        reason, option = "has no = in it", f"--{key.name.replace('_', '-')}"
        allowed = "OURS=THEIRS, once for each"
        raise ConfigurationError(
            Problem.of("invalid_pattern", option=option, pattern=broken[0], reason=reason, allowed=allowed)
        )
    return {ours.strip(): theirs for ours, _, theirs in pairs} or None


def _connected(invocation: Invocation, kind: str, name: str, values: dict[str, Any]) -> ExitCode:
    from pipeline.connections.yaml_file import load_connections
    from pipeline.directories.registry import directory_for
    from pipeline.onboarding.other_kinds import connect

    invocation.home.ensure()
    tested = connect(
        invocation.home,
        load_connections(invocation.home, invocation.environ),
        kind,
        name,
        {key: value for key, value in values.items() if value is not None},
        directory=directory_for(kind),
        working_folder=Path.cwd(),
        environ=invocation.environ,
        on_step=steps.step_printer(invocation.output),
    )
    return ended(invocation, tested, saved=tested.worth_saving)
