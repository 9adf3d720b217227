"""What an administrator needs to make the role this program assumes: policies, CloudFormation, Terraform, commands.

Belongs here: pure functions from a `RoleToCreate` to texts; the fixed wording lies beside them as plain files.
Does not belong here: writing the texts to disk, and knowing which actions a reader needs (they come in as
`PermissionSizes`).
"""
