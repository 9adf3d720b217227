"""YAML files written by hand, read strictly: nothing is guessed or half-applied."""
