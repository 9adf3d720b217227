"""Labelled companies for measuring identity resolution: who is who is known, so every link and orphan can be marked."""
