"""The bill of materials is valid, whole and says every licence."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from tests.promises.plugin import PromiseCount
from tools.supply_chain import sbom
from tools.supply_chain.locks import locked


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    sbom.write(folder)
    return folder


@pytest.mark.promise("P27")
def test_every_locked_package_is_listed_with_its_version_and_licence(written: Path, promise: PromiseCount) -> None:
    text = (written / sbom.SBOM).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    components = {canonicalize_name(each["name"]): each for each in document["components"]}
    assert components.keys() == {each.name for each in locked("dev")}
    versions = {(each.name, each.version) for each in locked("dev")}
    assert {(name, each["version"]) for name, each in components.items()} <= versions
    assert [name for name, each in components.items() if not sbom.license_of(each)] == []
    needed = {name for name, each in components.items() if each["scope"] == "required"}
    assert needed == {each.name for each in locked("base")}
    assert document["metadata"]["component"]["name"] == "certification-center-pipeline"
    promise.count("components", len(components))
    promise.count("without a licence", 0)


def test_the_list_of_licences_is_of_the_same_packages(written: Path) -> None:
    with (written / sbom.LICENSES).open(newline="") as file:
        rows = list(csv.DictReader(file))
    by_name = {canonicalize_name(row["package"]): row for row in rows}
    assert by_name.keys() == {each.name for each in locked("dev")}
    assert by_name["duckdb"]["licence"] == "MIT"
    assert by_name["duckdb"]["needed for"] == "program"
    assert by_name["pytest"]["needed for"] == "development"
    assert by_name["moto"]["needed for"] == "demo"
    assert by_name["splink"]["needed for"] == "suggestions"


def test_the_program_depends_on_nothing_that_would_bind_its_users(written: Path) -> None:
    """LGPL of a library that is only imported is no such licence; GPL and AGPL without a choice are."""
    with (written / sbom.LICENSES).open(newline="") as file:
        licences = {
            row["package"]: row["licence"] for row in csv.DictReader(file) if row["needed for"] != "development"
        }
    bound = {name: text for name, text in licences.items() if "GPL" in text.replace("LGPL", "") and " OR " not in text}
    assert bound == {}


def test_nothing_of_this_machine_is_in_it(written: Path) -> None:
    for file in written.iterdir():
        assert str(sbom.ROOT) not in file.read_text()
        assert str(Path.home()) + "/" not in file.read_text()


def test_another_version_than_is_locked_is_no_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {
        "components": [{"name": "DuckDB", "version": "0.1", "bom-ref": "DuckDB==0.1"}],
        "metadata": {"component": {"bom-ref": "root-component"}},
    }
    monkeypatch.setattr(sbom, "_of_environment", lambda: document)
    monkeypatch.setattr(sbom, "locked", lambda _: [each for each in locked("dev") if each.name == "duckdb"])
    with pytest.raises(ValueError, match=r"duckdb 0.1 is installed, and .* is locked"):
        sbom.bill_of_materials()
