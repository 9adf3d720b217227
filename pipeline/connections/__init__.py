"""What a user connects: models, the strict YAML file, external IDs."""
