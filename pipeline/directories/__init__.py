"""Reading one directory over its own API into a `Snapshot`, one room a kind. Knows neither Dagster nor DuckDB."""
