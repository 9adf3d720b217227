"""Reading an IAM Identity Center: who may sign in to an organization, and who reaches which account as what."""
