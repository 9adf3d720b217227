"""The pages say what the program does, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.problems import CATALOGUE
from tools import generate_docs

PAGES = [generate_docs.ROOT / "README.md", *sorted(generate_docs.PAGES.glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_says_what_the_program_says(page: Path) -> None:
    text = page.read_text()
    assert generate_docs.refreshed(text) == text, "out of date: run `make docs`"


def test_every_generated_block_has_its_place() -> None:
    placed = [name for page in PAGES for name in generate_docs.blocks_in(page.read_text())]
    assert set(placed) == set(generate_docs.BLOCKS)


def test_every_message_has_its_own_heading() -> None:
    headings = re.findall(r"^### (\w+)$", (generate_docs.PAGES / "troubleshooting.md").read_text(), re.MULTILINE)
    assert headings == list(CATALOGUE)


def test_every_page_is_in_the_index() -> None:
    index = (generate_docs.PAGES / "index.md").read_text()
    assert [page.name for page in PAGES[1:] if page.name != "index.md" and f"({page.name})" not in index] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_placeholders_are_words_and_braces_are_braces(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = CATALOGUE["read_denied"]
    text = generate_docs.problems()
    section = text[text.index("### read_denied") :].split("\n### ")[0]
    assert "{action}" in kind.symptom
    assert "**Not authorized to perform ACTION**" in section
    assert '{"Effect": "Allow", "Action": "ACTION", "Resource": "*"}' in section
