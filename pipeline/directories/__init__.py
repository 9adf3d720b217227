"""Reading one directory over its own API into a `Snapshot`: one room for each kind. Knows neither Dagster nor DuckDB."""
