"""Reads one directory over its own API into a `Snapshot`; one package for each kind. No Dagster, no DuckDB."""
