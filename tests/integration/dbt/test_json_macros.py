"""What the macros make of hostile text is JSON that gives the text back."""

from __future__ import annotations

import json
import re

import duckdb
from hypothesis import example, given, settings
from hypothesis.strategies import characters, text

from pipeline.warehouse.dbt_manifest import PROJECT

MACROS = (PROJECT / "macros" / "cross_db" / "json.sql").read_text()


def body(name: str) -> str:
    """The SQL of a macro without calls of others, with `?1` for its argument."""
    found = re.search(rf"macro {name}\(text\) -%}}\s*(.*?)\s*{{%- endmacro", MACROS, re.DOTALL)
    assert found is not None, name
    sql = found[1]
    for inner in re.findall(r"{{ (\w+)\(text\) }}", sql):
        sql = sql.replace(f"{{{{ {inner}(text) }}}}", body(f"duckdb__{inner}"))
    return sql.replace("{{ text }}", "cast(? as varchar)")


AS_LIST = body("json_as_list")


@settings(max_examples=200, deadline=None)
@given(text(characters(exclude_categories=["Cs"]), max_size=30))
@example('CN=Smith\\, "Jo"\\\\,OU=x')
@example("[contractor] \\")
@example("{not json")
@example("tab\tnul\x01\x1f😀")
def test_any_text_is_a_list_of_itself(value: str) -> None:
    with duckdb.connect(":memory:") as connection:
        [(made,)] = connection.execute(f"select {AS_LIST}", [value] * AS_LIST.count("?")).fetchall()
    found = json.loads(made)
    assert isinstance(found, list)
    try:
        given_json = json.loads(value)
    except ValueError:
        given_json = None
    if isinstance(given_json, list | dict):
        assert found == (given_json if isinstance(given_json, list) else [given_json])
    else:
        assert found == [value]
