"""Alerts: one when a check begins to fail, and one when it is healthy again."""
