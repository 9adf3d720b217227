"""The SQL of docs/identity.md, with which an auditor checks the matching, runs and tells what the page says it does."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import DemoRun
from tests.integration.cli.running import in_a_process
from tools.generate_docs import PAGES

CHECKING = (PAGES / "identity.md").read_text().partition("### Checking it")[2].partition("\n## ")[0]
QUERIES = dict(enumerate(re.findall(r"```sql\n(.*?)```", CHECKING, re.DOTALL)))
TELLS = {
    0: ("username", "daniel-kim"),
    1: ("display_name", "William Fitzgerald"),
    2: ("username", "bill.fitzgerald"),
    3: ("key_type", "email"),
}
"""A value that a query must find in the sample company."""


@pytest.mark.parametrize("number", QUERIES)
def test_a_query_of_the_page_tells_what_is_there(demo_run: DemoRun, number: int) -> None:
    ran = in_a_process("sql", QUERIES[number], "--json", "--home", str(demo_run.home.root))
    assert ran.code == 0, ran.err
    column, value = TELLS[number]
    assert value in {row[column] for row in json.loads(ran.out)["rows"]}
