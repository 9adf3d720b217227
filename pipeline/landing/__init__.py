"""Snapshots at rest: immutable Parquet and a manifest, on a local disk or S3."""
