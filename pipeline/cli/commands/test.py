"""`certify test`: tries each connection step by step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import steps
from pipeline.cli.choices import connection_names
from pipeline.cli.commands.connect_messages import verdict_words
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column, Output
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from pipeline.onboarding.connection_test import ConnectionTestResult
    from pipeline.progress import Step

STEPS = [Column("result"), Column("step"), Column("seconds", right=True), Column("found", may_wrap=True)]


def test(
    invocation: Invocation,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME", help="Which connections; all when none is named.", autocompletion=connection_names
        ),
    ] = None,
) -> ExitCode:
    """Try every step of a sync on a sample, and say what is missing and how to get it. Writes nothing anywhere.

    Exit code 0 when every connection can be synced, 4 when none can, 5 when some can. A permission that is missing but
    not indispensable is named with what cannot be judged without it, and does not change the exit code.

    \b
    Examples:
      certify test
      certify test production --json
    """
    from pipeline.connections.yaml_file import choose, load_connections
    from pipeline.demo.environment import reachable
    from pipeline.directories.registry import directory_for
    from pipeline.onboarding.connection_test import test as tried

    home, output = invocation.home, invocation.output
    results = []
    with reachable(home):
        connections = choose(load_connections(home, invocation.environ), names or [], home)
        for connection in connections:
            with _watched(output, connection.name) as watch:
                results.append(tried(connection, directory_for(connection.kind), watch))
            if not output.json:
                _show(output, results[-1])
    failed = sum(not result.passed for result in results)
    code = ExitCode.OK if not failed else ExitCode.CONNECTION if failed == len(results) else ExitCode.PARTIAL
    if not failed:
        output.note(f"Next: {invocation.program} sync{''.join(f' {name}' for name in names or [])}")
    problems = [problem for result in results for problem in result.problems]
    return invocation.finish({"connections": [_document(result) for result in results]}, problems=problems, code=code)


@contextlib.contextmanager
def _watched(output: Output, connection: str) -> Iterator[Callable[[Step], None]]:
    """A spinner that names the last step, for whoever sits before a terminal."""
    from pipeline.onboarding.connection_test import quiet

    if output.quiet or not output.stderr.isatty() or output.environ.get("TERM") == "dumb":
        yield quiet
        return
    from rich.status import Status
    from rich.text import Text

    with Status(Text(f"testing {connection}"), console=output.console(output.stderr)) as status:
        yield lambda step: status.update(Text(f"testing {connection}: after {step.name}"))


def _show(output: Output, result: ConnectionTestResult) -> None:
    from pipeline.onboarding.permission_summary import permission_summary

    output.data(f"{result.connection.name} ({result.connection.kind})\n")
    rows = [(step.outcome, step.name, f"{step.seconds:.2f}", _found(step)) for step in result.steps]
    output.table(STEPS, rows)
    judged = permission_summary(result.steps)
    output.data(f"{verdict_words(judged)}\n\n" if judged.asked else "\n")


def _found(step: Step) -> str:
    return f"{step.detail} | fix: {step.fix}" if step.fix and step.outcome != "ok" else step.detail


def _document(result: ConnectionTestResult) -> dict[str, Any]:
    from pipeline.onboarding.permission_summary import permission_summary

    judged = permission_summary(result.steps)
    return {
        "name": result.connection.name,
        "kind": result.connection.kind,
        "passed": result.passed,
        "allowed_actions": judged.allowed,
        "asked_actions": judged.asked,
        "denied_actions": judged.denied,
        "not_judged": judged.hidden,
        "statement": judged.statement,
        "steps": steps.documents(result.steps),
    }
