"""Everything that imports Dagster. No logic lives here."""
