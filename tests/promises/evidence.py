"""Which tests keep which promise, read from the source of the tests, and the figures they recorded last."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIGURES = Path(__file__).with_name("figures.json")

Figure = Mapping[str, int]
"""What was counted, by what it is, over all cases of a test; `cases` are those that passed."""


@dataclass(frozen=True)
class Kept:
    """One test that keeps a promise; `node` is its id in pytest, without parameters.

    `is_by_file`: every test of its file does, by a mark of the module.
    """

    promise: str
    node: str
    is_soak: bool = False
    is_by_file: bool = False

    @property
    def name(self) -> str:
        return self.node.rpartition("::")[2]

    @property
    def file(self) -> str:
        return self.node.partition("::")[0]


def kept_promises(tests: Path) -> list[Kept]:
    """Every mark of every test below `tests`, in the order of files and lines."""
    found: list[Kept] = []
    for path in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        file = path.relative_to(tests.parent).as_posix()
        of_module = list(_module_marks(tree))
        for function in tree.body:
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                found += _kept_by(function, f"{file}::{function.name}", of_module)
    return found


def _kept_by(function: ast.FunctionDef, node: str, of_module: list[ast.expr]) -> Iterator[Kept]:
    is_soak = any(_mark(each) == "soak" for each in [*of_module, *function.decorator_list])
    for marks, is_by_file in ((of_module, True), (function.decorator_list, False)):
        for mark in marks:
            if _mark(mark) == "promise" and isinstance(mark, ast.Call):
                yield from (Kept(ast.literal_eval(name), node, is_soak, is_by_file) for name in mark.args)


def _module_marks(tree: ast.Module) -> Iterator[ast.expr]:
    for each in tree.body:
        if isinstance(each, ast.Assign) and [getattr(name, "id", "") for name in each.targets] == ["pytestmark"]:
            yield from each.value.elts if isinstance(each.value, ast.List) else [each.value]


def _mark(expression: ast.expr) -> str:
    """`soak` of `pytest.mark.soak` or `pytest.mark.soak(...)`."""
    target = expression.func if isinstance(expression, ast.Call) else expression
    return ast.unparse(target).removeprefix("pytest.mark.")


def read_figures(file: Path = FIGURES) -> dict[str, Figure]:
    """The recorded figures by test."""
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def write_figures(figures: Mapping[str, Figure], file: Path = FIGURES) -> None:
    """Record figures, in an order that makes small differences."""
    file.write_text(json.dumps(dict(sorted(figures.items())), indent=2) + "\n", encoding="utf-8")
