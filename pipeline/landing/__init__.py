"""Snapshots at rest: immutable Parquet and a manifest, on local disk or S3."""
