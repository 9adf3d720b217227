"""Telling people that a check has begun to fail, once, and that it is healthy again, once.

Belongs here: what changed since the last word (`standing`), the words (`message`), the ways they go (`mail`,
`webhook`), and what is still to be delivered (`outbox`).
Does not belong here: Dagster, which knows how the checks stand (`orchestration.alerting`).
"""
