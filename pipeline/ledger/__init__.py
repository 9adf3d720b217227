"""Decisions of people: what cannot be rebuilt from any directory, kept append-only in a file of its own."""
