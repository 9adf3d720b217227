"""The parsed project: as new as its files, whole, and made once however many ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.problems import CertifyError
from pipeline.warehouse import dbt_manifest
from pipeline.warehouse.dbt_manifest import fingerprint, manifest_of
from tests.integration.warehouse.toy_project import write_toy
from tests.support.killing import die_at_line, lines_of, steps_worth_dying_at


def models(manifest: Path) -> set[str]:
    return {
        node["name"] for node in json.loads(manifest.read_text())["nodes"].values() if node["resource_type"] == "model"
    }


def test_a_missing_manifest_is_made_and_an_up_to_date_one_is_left_alone(tmp_path: Path) -> None:
    project = write_toy(tmp_path)

    manifest = manifest_of(project)
    assert models(manifest) == {"first", "second", "third"}
    made = manifest.stat().st_mtime_ns
    os.utime(project / "models" / "first.sql")  # looks newer, is the same
    assert manifest_of(project).stat().st_mtime_ns == made
    assert {entry.name for entry in tmp_path.iterdir()} == {
        "dbt_project.yml",
        "profiles.yml",
        "macros",
        "models",
        ".parsed",
    }


def test_a_changed_an_added_and_a_removed_file_are_all_noticed(tmp_path: Path) -> None:
    project = write_toy(tmp_path)
    manifest_of(project)

    (project / "models" / "fourth.sql").write_text("select 4 as id")
    assert models(manifest_of(project)) == {"first", "second", "third", "fourth"}
    (project / "models" / "fourth.sql").unlink()
    (project / "models" / "third.sql").unlink()
    assert models(manifest_of(project)) == {"first", "second"}


def test_a_project_that_cannot_be_parsed_says_why_and_spoils_nothing(tmp_path: Path) -> None:
    project = write_toy(tmp_path)
    manifest_of(project)
    (project / "models" / "third.sql").write_text("select id from {{ ref('nowhere') }}")

    with pytest.raises(CertifyError, match="nowhere"):
        manifest_of(project)
    write_toy(tmp_path)
    assert models(manifest_of(project)) == {"first", "second", "third"}


def test_two_processes_at_once_both_get_the_whole(tmp_path: Path) -> None:
    project = write_toy(tmp_path)
    code = "import sys; from pathlib import Path; from pipeline.warehouse.dbt_manifest import manifest_of;"
    code += " print(len(manifest_of(Path(sys.argv[1])).read_text()))"

    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(project)], stdout=subprocess.PIPE, cwd=tmp_path)
        for _ in range(2)
    ]
    sizes = {process.communicate(timeout=120)[0] for process in processes}

    assert [process.returncode for process in processes] == [0, 0]
    assert len(sizes) == 1


def test_killed_between_any_two_steps(tmp_path: Path) -> None:
    """Whatever is left, the next one to ask gets the manifest of the files as they are."""
    project = write_toy(tmp_path)
    files = [dbt_manifest.__file__]
    lines = lines_of(lambda: manifest_of(project), files)
    steps = [step for step in steps_worth_dying_at(lines) if lines[step] not in lines[:10]][::4]
    assert len(steps) > 5

    for number, step in enumerate(steps):
        (project / "models" / "third.sql").write_text(f"select {number} as id")
        die_at_line(lambda: manifest_of(project), files, step)
        nodes = json.loads(manifest_of(project).read_text())["nodes"]
        assert nodes["model.toy.third"]["raw_code"] == f"select {number} as id"
    assert not list((project / ".parsed").glob("parse-*"))


def test_the_fingerprint_is_of_contents_and_names(tmp_path: Path) -> None:
    project = write_toy(tmp_path)
    seen = {fingerprint(project)}
    (project / "models" / "first.sql").rename(project / "models" / "fifth.sql")
    seen.add(fingerprint(project))
    (project / "models" / "second.sql").write_text("")
    seen.add(fingerprint(project))
    assert len(seen) == 3
    (project / "target").mkdir()
    (project / "target" / "run.sql").write_text("not a source")
    assert fingerprint(project) in seen
