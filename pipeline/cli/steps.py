"""Prints the steps of a connection test as they are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.cli.invocation import problem_document
from pipeline.cli.output import Output

if TYPE_CHECKING:
    from pipeline.progress import Step


def step_printer(output: Output) -> Callable[[Step], None]:
    """Tell the person watching of each step as it ends."""

    def tell(step: Step) -> None:
        mark = {"ok": "ok", "failed": "failed", "not_tried": "not tried"}[step.outcome]
        output.note(f"  {mark:<10}{step.name:<34}{step.seconds:>5.1f} s  {_detail(step)}".rstrip())

    return tell


def _detail(step: Step) -> str:
    """What a required step failed of is told at the end, with its fix; what a denied one hides, too."""
    if step.outcome != "failed":
        return step.detail
    code = step.problem.code if step.problem is not None else ""
    if code == "read_denied":
        return "denied"
    if code.startswith(("read_denied_by", "read_denied_explicitly")):
        return f"denied: {step.fix}"  # no statement at the end would help
    return "" if step.required else step.detail


def documents(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps as JSON documents show them."""
    return [{**asdict(step), "problem": problem_document(step.problem) if step.problem else None} for step in steps]
