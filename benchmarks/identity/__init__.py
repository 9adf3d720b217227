"""Labelled companies for measuring identity resolution: who is who is known, so every link and orphan can be marked.

Belongs here: the generator, its ground truth, and the evaluation of what the warehouse answers against it.
Does not belong here: how identities are resolved (the dbt project) or the sample company of the demo.
"""
