"""Reads a service that speaks SCIM 2.0."""
