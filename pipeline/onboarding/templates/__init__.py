"""Trust and permission policies, CloudFormation, Terraform and commands for the role an administrator creates."""
