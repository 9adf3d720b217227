"""`certify review export` and `import`: files, exit codes, JSON, and what is published right away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.app import main
from pipeline.home import Home
from tests.integration.certification.conftest import Start, rows
from tests.unit.certification.returning import fill, rewrite, rows_of

Ran = tuple[int, dict[str, Any], str]
Run = Callable[..., Ran]


@pytest.fixture
def review(home: Home, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `certify review` on the home with --json: its exit code, its document, and what it says beside."""

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(["--home", str(home.root), "review", *arguments, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out), said.err

    return run


def test_a_review_by_workbook_from_export_to_the_published_tables(home: Home, started: Start, review: Run) -> None:
    started()
    code, exported, _ = review("export", "q4")
    assert code == 0
    packets = exported["packets"]
    assert {Path(each["xlsx"]).parent for each in packets} == {home.exports / "reviews" / "q4"}
    for each in packets:
        workbook = Path(each["xlsx"])
        assert Path(each["html"]).is_file()
        fill(workbook, {row["Item"]: ("unsure", "cannot say") for row in rows_of(workbook)})
    code, imported, _ = review("import", *(each["xlsx"] for each in packets))
    assert (code, imported["problems"]) == (0, [])
    assert [each["recorded"] for each in imported["files"]] == [each["items"] for each in packets]
    published = rows(home, "select decision, comment, decided_by, reviewer from review.items")
    assert {(each["decision"], each["comment"]) for each in published} == {("unsure", "cannot say")}
    assert all(each["decided_by"] == each["reviewer"] for each in published)
    again = review("import", packets[0]["xlsx"])
    assert (again[0], again[1]["files"][0]["recorded"]) == (0, 0)


def test_the_exit_code_says_whether_all_some_or_none_was_taken(
    home: Home, started: Start, review: Run, tmp_path: Path
) -> None:
    started()
    _, exported, _ = review("export", "q4", "--out", str(tmp_path / "out"))
    workbook = Path(exported["packets"][0]["xlsx"])
    assert workbook.parent == tmp_path / "out"

    def decided(*verdicts: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
        def change(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            for row, verdict in zip(rows, verdicts, strict=False):
                row["Decision"] = verdict
                row["Comment"] = "as discussed"
            return rows

        return change

    rewrite(workbook, decided("perhaps"))
    code, document, said = review("import", str(workbook))
    assert (code, document["problems"][0]["code"]) == (2, "packet_rows_refused")
    assert document["files"][0]["refused"][0]["row"] == 2
    assert "row 2: 'perhaps' is no decision" in said
    rewrite(workbook, decided("perhaps", "certify"))
    code, document, _ = review("import", str(workbook), str(tmp_path / "missing.xlsx"))
    assert (code, [each["code"] for each in document["problems"]]) == (5, ["packet_rows_refused", "packet_unreadable"])
    assert document["files"][0]["recorded"] == 1
    assert review("import", str(tmp_path / "missing.xlsx"))[0] == 2
    assert review("export", "q9")[0] == 2
    (tmp_path / "file").write_text("")
    code, document, _ = review("export", "q4", "--out", str(tmp_path / "file" / "below"))
    assert (code, document["problems"][0]["code"]) == (2, "packets_not_written")
