"""Reads the IAM of one AWS account: two strategies (bulk, per user), one shape of result."""
