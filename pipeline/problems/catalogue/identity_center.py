"""Reading IAM Identity Center."""

from __future__ import annotations

from pipeline.problems.kinds import ProblemKind

KINDS = (
    ProblemKind(
        "center_read_denied",
        symptom="Not authorized to perform {action}",
        cause="the role's permission policy (or a boundary or SCP above it) does not allow it; not judged because of"
        " it: {needed_for}",
        fix='allow the role this statement: {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}',
    ),
    ProblemKind(
        "center_key_denied",
        symptom="Not authorized to perform {action}",
        cause="the Identity Center is encrypted with a customer managed KMS key, and the role may not use it"
        " (kms:Decrypt) through Identity Center; not judged because of it: {needed_for}",
        fix="allow the role kms:Decrypt through the service, which the permission policy that `certify connect"
        " identity-center {connection}` writes has, and let the key's own policy allow it too: Action kms:Decrypt with"
        " the conditions kms:ViaService sso.*.amazonaws.com and identitystore.*.amazonaws.com",
    ),
    ProblemKind(
        "center_missing",
        symptom="No IAM Identity Center found",
        cause="account {account_id} lists no instance in {region}",
        fix="set `region` of '{connection}' to the one Identity Center shows in its settings, and use a role in the"
        " organization's management account or in its delegated administrator's",
    ),
    ProblemKind(
        "center_ambiguous",
        symptom="More than one IAM Identity Center found",
        cause="account {account_id} lists {instances} in {region}",
        fix="name one of them as `instance_arn` of '{connection}'",
    ),
    ProblemKind(
        "center_empty",
        symptom="No users returned",
        cause="the Identity Center of account {account_id} in {region} answered, and lists not one user",
        fix="check account and region; the users may also be kept in another instance",
    ),
)
