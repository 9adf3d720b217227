"""Nothing here runs text as code, unpacks objects from bytes, or hands a line to a shell."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.plugin import PromiseCount

PACKAGE = Path(__file__).parents[3] / "pipeline"
CALLS = {
    *(
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "yaml.load",
        "yaml.unsafe_load",
        "tempfile.mktemp",
    ),
    *("pickle.load", "pickle.loads", "marshal.load", "marshal.loads", "shelve.open", "dill.load", "joblib.load"),
    *("xml.etree.ElementTree.parse", "xml.etree.ElementTree.fromstring", "ssl._create_unverified_context"),
}
MODULES = {"pickle", "marshal", "shelve", "dill", "joblib", "telnetlib", "ftplib", "xml.etree.ElementTree", "xml.sax"}


def dangerous(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if (name := ast.unparse(node.func)) in CALLS:
                yield name
            for keyword in node.keywords:
                text = ast.unparse(keyword.value)
                if (keyword.arg, text) in {("shell", "True"), ("verify", "False"), ("typ", "'unsafe'")}:
                    yield f"{name}({keyword.arg}={text})"
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield node.module


@pytest.mark.promise("P27")
def test_no_module_makes_a_dangerous_call(promise: PromiseCount) -> None:
    modules = sorted(PACKAGE.rglob("*.py"))
    found = {
        f"{module.relative_to(PACKAGE)}: {each}"
        for module in modules
        for each in dangerous(ast.parse(module.read_text(encoding="utf-8")))
    }
    assert found == set()
    promise.count("modules", len(modules))
    promise.count("dangerous calls", len(found))


@pytest.mark.parametrize(
    "code",
    [
        "eval(text)",
        "import pickle",
        "from xml.etree.ElementTree import parse",
        "subprocess.run(text, shell=True)",
        "session.get(url, verify=False)",
        "YAML(typ='unsafe')",
    ],
)
def test_that_check_sees_one(code: str) -> None:
    assert list(dangerous(ast.parse(code)))
