"""Connecting a directory."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "principal_refused",
        symptom="Not a principal to trust",
        cause="'{principal}' {reason}",
        fix="give --principal the whole ARN of the role (or user) whose credentials run certify, like"
        " arn:aws:iam::999988887777:role/certification-center",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "template_url_refused",
        symptom="Not a template URL",
        cause="'{url}' {reason}",
        fix="upload role.cfn.yaml to an S3 bucket the administrator can read and give its https:// URL; or leave"
        " --template-url out and upload the file in the console",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "invalid_connection_name",
        symptom="Not a connection name",
        cause="'{name}' is not a lower-case letter followed by up to 40 lower-case letters, digits or hyphens",
        fix="choose one like {suggestion}; the name becomes directory_id in every table",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "connection_name_taken",
        symptom="The name is taken",
        cause="'{name}' is connected already ({what})",
        fix="choose another name; or see it with `certify connect show {name}`, replace its external ID with"
        " `certify connect rotate-external-id {name}`, or take it out with `certify connect remove {name}`",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "external_id_not_in_role",
        symptom="The role cannot know its external ID yet",
        cause="the external ID for '{connection}' was made only now, because there was none waiting for it",
        fix="put {trust_policy} on {role_arn} (or run {commands}), then repeat this command",
    ),
    ProblemKind(
        "external_id_reused",
        symptom="The external ID is used twice",
        cause="{file} gives '{other}' the external ID that was made for '{connection}'",
        fix="take it away from '{other}' there: an external ID belongs to one connection alone",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "account_connected_twice",
        symptom="The account is connected already",
        cause="account {account_id} is read through '{other}'; twice connected, each of its users would count as two",
        fix="use '{other}'; or, to read it through another role, `certify connect remove {other}` first",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "no_external_id",
        symptom="'{connection}' has no external ID",
        cause="it is of kind {kind}; only roles in AWS ask for one",
        fix="nothing is to be done for it",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "external_id_elsewhere",
        symptom="The external ID is kept elsewhere",
        cause="connections.yaml takes that of '{connection}' from {variable}, which cannot be changed from here",
        fix="write the external ID itself into connections.yaml (`certify connect show {connection} --reveal` shows"
        " it),"
        " rotate it, and move the new one to where the old one was",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "invalid_options",
        symptom="These options make no connection",
        cause="{faults}",
        fix="see `certify connect {kind} --help`; nothing was saved",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "cannot_write",
        symptom="The files cannot be written",
        cause="{folder}: {reason}",
        fix="name a folder you may write to with --out DIR",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "pending_unreadable",
        symptom="{file} cannot be used",
        cause="{reason}",
        fix="delete it and repeat `certify connect`: a new external ID is made, and the role's trust policy needs"
        " that one",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "organization_denied",
        symptom="Not authorized to perform {action}",
        cause="the accounts of an organization can be listed by its management account or a delegated administrator"
        " only, and by a principal that is allowed to",
        fix="use credentials of such an account, with this statement:"
        ' {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}};'
        " or connect the accounts one by one with `certify connect aws`",
    ),
    ProblemKind(
        "not_in_organization",
        symptom="No organization",
        cause="account {account_id} of the current credentials belongs to none",
        fix="use credentials of the organization's management account, or connect the accounts one by one with"
        " `certify connect aws`",
    ),
    ProblemKind(
        "invalid_pattern",
        symptom="Not a usable {option}",
        cause="'{pattern}' {reason}",
        fix="use {allowed}",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "confirmation_needed",
        symptom="Not done without being asked",
        cause="{what}",
        fix="say --yes",
        exit_code=ExitCode.CONFIGURATION,
    ),
)
