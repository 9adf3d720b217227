"""Connecting a directory, from nothing to a tested entry in connections.yaml.

Belongs here: the order of the steps: what is made, what is written where, what is tested, and when it is saved.
Does not belong here: asking and printing (`cli.connect`), the texts (`connections.templates`), and the tests themselves
(`directories`).
"""
