"""The DuckDB side: loads raw tables, builds the models, publishes the analysts' copy, queries it."""
