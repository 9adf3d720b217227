"""Dagster's rooms, and the only ones that import dagster. No logic lives here."""
