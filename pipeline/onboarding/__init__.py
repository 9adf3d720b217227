"""Connecting a directory: from nothing to a tested entry in connections.yaml."""
