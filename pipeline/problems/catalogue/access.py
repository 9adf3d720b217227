"""Access to AWS: AssumeRole and denied reads. The words of the contract's four symptoms are relied on."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "assume_role_denied",
        symptom="AccessDenied on AssumeRole",
        cause="the trust policy's principal or external ID of {role_arn} does not match the connection"
        " (or no such role exists; AWS does not tell these apart)",
        fix="in the role's trust policy compare Principal with {principal} and the sts:ExternalId condition with the"
        " external_id of '{connection}' (`certify connect show {connection} --reveal`); both must be equal to the"
        " letter. If they are: is the account and the role in the ARN the right one, and does a policy of that"
        " principal allow it sts:AssumeRole",
    ),
    ProblemKind(
        "assume_role_denied_by_policy",
        symptom="AccessDenied on AssumeRole",
        cause="a {kind}{named} {verb} sts:AssumeRole on {role_arn} to {principal}; it was not the trust policy or the"
        " external ID that refused",
        fix="change that {kind} so that it allows sts:AssumeRole on {role_arn} to {principal}; a service or resource"
        " control policy is changed in the organization's management account",
    ),
    ProblemKind(
        "read_denied",
        symptom="Not authorized to perform {action}",
        cause="the role's permission policy (or a boundary or SCP above it) does not allow it; not judged because of"
        " it:"
        " {needed_for}",
        fix='attach IAMReadOnlyAccess to the role, or this statement: {{"Effect": "Allow", "Action": "{action}",'
        ' "Resource": "*"}}',
    ),
    ProblemKind(
        "read_denied_explicitly",
        symptom="Not authorized to perform {action}",
        cause="an explicit Deny in a policy of the role{named} refuses it, and no Allow outweighs a Deny; not judged"
        " because of it: {needed_for}",
        fix="find the statement with Effect Deny that covers {action}{named}, in the policies attached to the role, and"
        " take {action} out of it or except this role; attaching another policy does not help",
    ),
    ProblemKind(
        "read_denied_by_boundary",
        symptom="Not authorized to perform {action}",
        cause="the role's permissions boundary{named} {verb} it; not judged because of it: {needed_for}",
        fix="let the permissions boundary of the role allow {action}, or take the boundary off the role; a policy"
        " attached to the role cannot exceed its boundary",
    ),
    ProblemKind(
        "read_denied_by_scp",
        symptom="Not authorized to perform {action}",
        cause="a service control policy of the organization{named} {verb} it; not judged because of it: {needed_for}",
        fix="in the organization's management account change the service control policy so that it allows {action} to"
        " this role (for example with a condition on aws:PrincipalArn); nothing attached to the role in its own account"
        " overrides it",
    ),
    ProblemKind(
        "read_denied_by_rcp",
        symptom="Not authorized to perform {action}",
        cause="a resource control policy of the organization{named} {verb} it; not judged because of it: {needed_for}",
        fix="in the organization's management account except this role from the resource control policy; nothing"
        " attached to the role in its own account overrides it",
    ),
    ProblemKind(
        "read_denied_by_session_policy",
        symptom="Not authorized to perform {action}",
        cause="the session policy that narrows our own sessions{named} {verb} it; not judged because of it:"
        " {needed_for}",
        fix="this is a fault of the program: its session policy should list {action}; please report it. Nothing needs"
        " to be changed in AWS",
    ),
    ProblemKind(
        "read_denied_by_endpoint",
        symptom="Not authorized to perform {action}",
        cause="the policy of the VPC endpoint through which this machine calls AWS{named} {verb} it; not judged because"
        " of it: {needed_for}",
        fix="let the VPC endpoint policy allow {action} to this role, or call AWS without that endpoint; the role's own"
        " policies do not matter here",
    ),
    ProblemKind(
        "read_denied_by_resource_policy",
        symptom="Not authorized to perform {action}",
        cause="the resource's own policy{named} {verb} it; not judged because of it: {needed_for}",
        fix="let the resource-based policy allow {action} to this role",
    ),
    ProblemKind(
        "invalid_role_arn",
        symptom="Invalid role ARN",
        cause="'{role_arn}' {reason}",
        fix="copy it from the AWS console: IAM > Roles > the role > ARN; it looks like"
        " arn:aws:iam::111122223333:role/CertificationCenterReadOnly",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "no_users",
        symptom="No users returned",
        cause="account {account_id} answered, and lists not one user",
        fix="check the account id in the role ARN; the users may all be gone (an account that uses only IAM Identity"
        " Center has none),"
        " or the account may be the wrong one",
    ),
)
