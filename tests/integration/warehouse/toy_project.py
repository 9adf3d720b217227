"""A dbt project of three models and their tests, for what is about running dbt and not about our SQL."""

from __future__ import annotations

import textwrap
from pathlib import Path

FILES = {
    "dbt_project.yml": """
        name: toy
        version: "1.0"
        profile: toy
        models:
          toy: {+materialized: table, +schema: findings}
        flags: {require_generic_test_arguments_property: true}
        """,
    "profiles.yml": """
        toy:
          target: duckdb
          outputs:
            duckdb:
              type: duckdb
              path: "{{ env_var('CERTIFY_WAREHOUSE') }}"
              threads: 2
        """,
    "macros/generate_schema_name.sql": """
        {% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}
        """,
    "models/first.sql": "select 1 as id union all select 2 as id",
    "models/second.sql": "select id from {{ ref('first') }}",
    "models/third.sql": "select id from {{ ref('second') }}",
    "models/_models.yml": """
        models:
          - name: first
            columns: [{name: id, data_tests: [unique, not_null]}]
          - name: second
            columns: [{name: id, data_tests: [{unique: {config: {severity: warn}}}]}]
        """,
}


def write_toy(folder: Path, **changed: str) -> Path:
    """The project in `folder`; `changed` gives a model other SQL."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).strip())
    for model, sql in changed.items():
        (folder / "models" / f"{model}.sql").write_text(sql)
    return folder
