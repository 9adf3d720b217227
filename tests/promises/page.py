"""`docs/promises.md`, from the catalogue, the marks of the tests and their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.promises.catalogue import PROMISES, Promise
from tests.promises.evidence import ROOT, Figure, Kept, kept_promises, read_figures

PAGE = ROOT / "docs" / "promises.md"
HEAD = """\
# Promises

What this program promises, the tests that keep each promise, and how far they went when they last ran. This page is
generated from the tests by `make promises`: a promise without a test cannot be written down here, and the test suite
fails when the page does not say what the tests do. Figures are counts, never times; *soak* is what runs in `make soak`
only.

| | promise | kept by | figure |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page; ValueError for a promise that no test keeps, or of which no test has a figure."""
    return written(PROMISES, kept_promises(ROOT / "tests"), read_figures())


def written(promises: Mapping[str, Promise], kept: Sequence[Kept], figures: Mapping[str, Figure]) -> str:
    """The page of these promises."""
    if faults := _faults(promises, kept, figures):
        raise ValueError("\n".join(faults))
    return HEAD + "".join(_row(name, promise, kept, figures) for name, promise in promises.items())


def _faults(promises: Mapping[str, Promise], kept: Sequence[Kept], figures: Mapping[str, Figure]) -> list[str]:
    names = {each.promise for each in kept}
    nodes = {each.node for each in kept}
    return [
        *(f"no test keeps {name}" for name, each in promises.items() if name not in names and not each.waits_for),
        *(f"{name} waits for no feature any more: tests keep it" for name in names & {*_waiting(promises)}),
        *(f"{each.node} keeps {each.promise}, which is no promise" for each in kept if each.promise not in promises),
        *(f"no test of {name} has a figure: run `make promises`" for name in _unmeasured(promises, kept, figures)),
        *(f"{node} has a figure and keeps no promise: run `make promises`" for node in sorted(figures.keys() - nodes)),
    ]


def _unmeasured(promises: Mapping[str, Promise], kept: Sequence[Kept], figures: Mapping[str, Figure]) -> list[str]:
    measured = {each.promise for each in kept if each.node in figures}
    return [name for name in promises if name in {each.promise for each in kept} - measured]


def _waiting(promises: Mapping[str, Promise]) -> list[str]:
    return [name for name, each in promises.items() if each.waits_for]


def _row(name: str, promise: Promise, kept: Sequence[Kept], figures: Mapping[str, Figure]) -> str:
    if promise.waits_for:
        return f"| {name} | {promise.text} | *waits for {promise.waits_for}* | |\n"
    groups: dict[str, list[Kept]] = {}
    for each in kept:
        if each.promise == name:
            groups.setdefault(each.file if each.is_by_file else each.node, []).append(each)
    tests = "<br>".join(f"[{_words(group)}](../{group[0].file})" for group in groups.values())
    counts = "<br>".join(
        _figure([figures[each.node] for each in group if each.node in figures], group[0]) for group in groups.values()
    )
    return f"| {name} | {promise.text} | {tests} | {counts} |\n"


def _words(group: Sequence[Kept]) -> str:
    if group[0].is_by_file:
        return f"all of {group[0].file.removeprefix('tests/')}"
    return group[0].name.removeprefix("test_").replace("_", " ")


def _figure(figures: Sequence[Figure], kept: Kept) -> str:
    """`231 pairs denied, 0 silent`; the cases where nothing else was counted."""
    if not figures:
        return "not counted yet"
    figure: Counter[str] = Counter()
    for each in figures:
        figure.update(each)
    counted = {what: number for what, number in figure.items() if what != "cases"} or figure
    text = ", ".join(
        f"{number:,} {'case' if (what, number) == ('cases', 1) else what}" for what, number in counted.items()
    )
    return f"{text} (soak)" if kept.is_soak else text
