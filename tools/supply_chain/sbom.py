"""`make sbom`: the software bill of materials (CycloneDX 1.6) and the list of licences, into build/."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from tools.supply_chain.locks import Locked, locked, needed_for

ROOT = Path(__file__).parents[2]
SBOM, LICENSES = "sbom.cdx.json", "licenses.csv"
STATED_IN_PROSE = {
    "antlr4-python3-runtime": "BSD-3-Clause",
    "protobuf": "BSD-3-Clause",
    "pysocks": "BSD-3-Clause",
    "pyreadline3": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
}
"""Licences that metadata gives in words no tool reads, and those of packages that only other systems install."""

Component = dict[str, Any]


def bill_of_materials() -> dict[str, Any]:
    """The valid CycloneDX document of everything locked; ValueError where the environment is not what is locked."""
    document = _of_environment()
    found = {str(canonicalize_name(each["name"])): each for each in document["components"]}
    packages, uses = locked("dev"), needed_for()
    for_here = {each.name for each in packages if each.is_for_here}
    listed = [each for each in packages if each.is_for_here or each.name not in for_here]
    document["components"] = [
        _component(package, found, uses[package.name]) for package in sorted(listed, key=lambda each: each.name)
    ]
    known = {each["bom-ref"] for each in document["components"]} | {document["metadata"]["component"]["bom-ref"]}
    document["dependencies"] = [
        {**each, "dependsOn": [ref for ref in each.get("dependsOn", []) if ref in known]}
        for each in document.get("dependencies", [])
        if each["ref"] in known
    ]
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document)):
        raise ValueError(f"not a valid CycloneDX document: {fault}")
    return document


def licenses(document: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Name, version, licence and what it is needed for, of each component."""
    return [
        (each["name"], each["version"], license_of(each), each["properties"][0]["value"])
        for each in document["components"]
    ]


def license_of(component: Component) -> str:
    """The licence as its metadata states it: an SPDX expression or id where there is one; empty when there is none."""
    stated = component.get("licenses", [])
    exact = [each.get("expression") or each["license"].get("id") for each in stated]
    named = [each["license"]["name"] for each in stated if "name" in each.get("license", {})]
    texts = [text for text in exact if text] or named
    return "; ".join(text.removeprefix("License :: ").removeprefix("OSI Approved :: ") for text in texts)


def _component(package: Locked, found: Mapping[str, Component], use: str) -> Component:
    installed = found.get(package.name)
    if installed is None and package.is_for_here:
        raise ValueError(f"{package.name} is locked and not installed: run `make test` first")
    if installed is not None and installed["version"] != package.version:
        raise ValueError(f"{package.name} {installed['version']} is installed, and {package.version} is locked")
    component = installed or {
        "type": "library",
        "bom-ref": f"{package.name}=={package.version}",
        "name": package.name,
        "version": package.version,
        "purl": f"pkg:pypi/{package.name}@{package.version}",
    }
    if package.name in STATED_IN_PROSE:
        component["licenses"] = [{"expression": STATED_IN_PROSE[package.name]}]
    component["scope"] = "required" if use == "program" else "optional"
    component["properties"] = [{"name": "certification-center:needed-for", "value": use}]
    return component


def _of_environment() -> dict[str, Any]:
    command = ["environment", "--output-reproducible", "--output-format", "JSON", "--spec-version", "1.6"]
    ran = subprocess.run(  # noqa: S603 - a fixed command of this environment
        [sys.executable, "-m", "cyclonedx_py", *command, "--pyproject", str(ROOT / "pyproject.toml"), sys.executable],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(ran.stdout))


def write(folder: Path) -> Iterable[Path]:
    """Write both files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    document = bill_of_materials()
    (bill := folder / SBOM).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    with (table := folder / LICENSES).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("package", "version", "licence", "needed for"), *licenses(document)])
    return bill, table


if __name__ == "__main__":
    for path in write(ROOT / "build"):
        sys.stderr.write(f"wrote {path.relative_to(ROOT)}\n")
