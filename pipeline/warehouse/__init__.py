"""The DuckDB side: load raw tables, publish the analysts' copy, query it."""
