"""Reads an IAM Identity Center: its users and groups, and who reaches which account with which permission set."""
