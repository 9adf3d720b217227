"""Reading the IAM of one AWS account: session, two strategies (bulk, per user), one shape of result."""
