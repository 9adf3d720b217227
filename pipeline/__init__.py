"""Certification Center's open pipeline: who owns each login, which ones nobody uses, and who holds several."""

__version__ = "0.1.0"
