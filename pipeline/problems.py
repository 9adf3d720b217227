"""The catalogue of problems a user can act on: message, remedy and exit code of each.

The troubleshooting page in `docs/` is generated from `CATALOGUE`, so that a message and its documentation cannot drift
apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pipeline.redaction import REDACTOR


class ExitCode(IntEnum):
    """What a `certify` command tells the shell; the meanings are part of the public contract."""

    OK = 0
    UNEXPECTED = 1
    CONFIGURATION = 2
    FINDINGS = 3
    CONNECTION = 4
    PARTIAL = 5
    REFUSED = 6
    LOCKED = 75
    INTERRUPTED = 130


@dataclass(frozen=True)
class ProblemKind:
    """One thing a user can do about a failure.

    `symptom`, `cause` and `fix` may hold `{placeholders}`; `Problem.of` fills them and complains about a missing one.
    """

    code: str
    symptom: str
    cause: str
    fix: str
    exit_code: ExitCode = ExitCode.CONNECTION


@dataclass(frozen=True)
class Problem:
    """A `ProblemKind` that happened, to one connection (empty when it concerns none).

    `message` says what happened and why likely; `remedy` is the exact fix; `action` is the API action at fault, e.g.
    `iam:ListUsers`; `error_code` is the directory's own code, e.g. `AccessDenied`.
    """

    code: str
    connection: str
    message: str
    remedy: str
    exit_code: ExitCode = ExitCode.CONNECTION
    action: str = ""
    error_code: str = ""

    @classmethod
    def of(
        cls, code: str, *, connection: str = "", action: str = "", error_code: str = "", **values: object
    ) -> Problem:
        """Word the catalogue's entry `code` for this case; KeyError when a placeholder has no value."""
        kind = CATALOGUE[code]
        fields = {"connection": connection, "action": action, "error_code": error_code, **values}
        return cls(
            code=code,
            connection=connection,
            message=REDACTOR.clean(f"{kind.symptom.format(**fields)}: {kind.cause.format(**fields)}"),
            remedy=REDACTOR.clean(kind.fix.format(**fields)),
            exit_code=kind.exit_code,
            action=action,
            error_code=error_code,
        )

    def __str__(self) -> str:
        where = f"connection '{self.connection}': " if self.connection else ""
        return f"{where}{self.message}\n  fix: {self.remedy}"


class CertifyError(Exception):
    """A failure the user can mend; `problem` says how."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class ConfigurationError(CertifyError):
    """A file or an option of the user's is wrong; nothing was applied."""


class ConnectionFailed(CertifyError):
    """A directory could not be reached, or a read it needs was denied or cut short."""


class Refused(CertifyError):
    """A safety gate said no."""


class Locked(CertifyError):
    """Somebody else holds the home; try again."""


def _catalogue(*kinds: ProblemKind) -> dict[str, ProblemKind]:
    return {kind.code: kind for kind in kinds}


CATALOGUE: dict[str, ProblemKind] = _catalogue(
    # --- the four of the contract, section 7: these words are relied on ---
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
    # --- reading AWS IAM ---
    ProblemKind(
        "wrong_account",
        symptom="The role lies in another account than its ARN says",
        cause="{role_arn} was assumed, and AWS says we are {identity}",
        fix="correct the role ARN in connections.yaml; account {account_id} was not read",
    ),
    ProblemKind(
        "no_aws_credentials",
        symptom="No AWS credentials to assume the role with",
        cause="boto3's default chain found none it could use ({error_code}: {detail})",
        fix="set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run on a machine that has a role;"
        " `aws sts get-caller-identity` must answer",
    ),
    ProblemKind(
        "aws_credentials_rejected",
        symptom="AWS does not accept the credentials this program has",
        cause="{error_code}: {detail}",
        fix="they are inactive, expired or mistyped, or this machine's clock is wrong; `aws sts get-caller-identity`"
        " must answer",
    ),
    ProblemKind(
        "aws_unreachable",
        symptom="AWS cannot be reached",
        cause="{error_code}: {detail}",
        fix="check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, then try again",
    ),
    ProblemKind(
        "sts_region_disabled",
        symptom="STS is switched off for this region",
        cause="the account of {role_arn} has not activated STS in the region we call from",
        fix="set AWS_REGION to a region that account has enabled (us-east-1 always is), or activate STS in it",
    ),
    ProblemKind(
        "assume_role_failed",
        symptom="AssumeRole failed",
        cause="{error_code} for {role_arn}: {detail}",
        fix="try again: if AWS was only overloaded, that is all",
    ),
    ProblemKind(
        "external_id_unusable",
        symptom="The external ID cannot be one",
        cause="the one in connections.yaml {reason}",
        fix="copy the external_id of '{connection}' again, without spaces or quotes; the role's trust policy has it",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "external_id_not_enforced",
        symptom="The trust policy does not require the external ID",
        cause="{role_arn} could be assumed {how}, so whoever else talks this program into using that ARN reads the"
        " account through it (AWS calls it the confused deputy)",
        fix='add to the trust policy\'s statement: "Condition": {{"StringEquals": {{"sts:ExternalId": "..."}}}}, with'
        " the external ID that `certify connect show {connection} --reveal` prints",
    ),
    ProblemKind(
        "service_endpoint_overridden",
        symptom="One service of AWS is sent elsewhere",
        cause="{where} sends it to {url}, so another program would answer for what AWS is asked",
        fix="remove it; for an emulator, set AWS_ENDPOINT_URL for all services. A gateway of your own that has to stand"
        " in front of one service is allowed with {variable}=1",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "external_id_unproven",
        symptom="It is not known whether the trust policy requires the external ID",
        cause="AWS answered {error_code} when {role_arn} was tried without it, several times",
        fix="repeat the command in a few minutes. `certify connect` saves the connection all the same with"
        " --accept-unproven-external-id: every sync then probes again, and a check fails until AWS has answered",
    ),
    ProblemKind(
        "session_expired",
        symptom="AWS takes every session for expired",
        cause="{action} said {error_code}, with a session made a moment before",
        fix="check this machine's clock, then run `certify sync {connection}` again",
    ),
    ProblemKind(
        "listing_throttled",
        symptom="Throttled on {action}",
        cause="AWS limited the rate of calls into this account for longer than we waited; other programs share that"
        " limit",
        fix="run `certify sync {connection}` again when it is quieter; what was read before stays current",
    ),
    ProblemKind(
        "listing_failed",
        symptom="Could not read {action} to its end",
        cause="{error_code}: {detail}",
        fix="run `certify sync {connection}` again; what was read before stays current",
    ),
    ProblemKind(
        "listing_incomplete",
        symptom="The list of users is incomplete",
        cause="{detail}, twice in a row, and users that came or went in between do not explain it",
        fix="run `certify sync {connection}` again, at a time when few users are created or deleted; what was read"
        " before stays current",
    ),
    ProblemKind(
        "not_on_read_list",
        symptom="Refused to call {action}",
        cause="this program reads IAM with a fixed list of actions, and this is none of them",
        fix="this is a fault of the program: please report it; nothing was sent to AWS",
        exit_code=ExitCode.REFUSED,
    ),
    # --- reading IAM Identity Center ---
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
    # --- reading directories over the network ---
    ProblemKind(
        "secret_unreadable",
        symptom="The secret cannot be read",
        cause="{file}, which {key} of '{connection}' names, {reason}",
        fix="put the secret alone into that file, readable by this user only; or give it as ${{NAME}}",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "directory_unreachable",
        symptom="The directory cannot be reached",
        cause="{place}: {detail}",
        fix="check the address, the network and that the server is up, then run `certify test {connection}`",
    ),
    ProblemKind(
        "directory_untrusted",
        symptom="The directory does not prove who it is",
        cause="{place}: {detail}; nothing was sent to it",
        fix="name the certificate of the authority that signed the server's as `ca_file` of '{connection}', and write"
        " the host as the certificate does",
    ),
    ProblemKind(
        "starttls_refused",
        symptom="The directory does not begin TLS",
        cause="{place} answered StartTLS with {detail}; the password was not sent in the clear",
        fix="use ldaps:// if the server has it, or give the server a certificate",
    ),
    ProblemKind(
        "directory_login_refused",
        symptom="The directory does not accept the login",
        cause="{place} answered {detail}",
        fix="check {keys} of '{connection}': the secret may have changed, or the account may be locked or expired",
    ),
    ProblemKind(
        "directory_read_denied",
        symptom="Not allowed to perform {action}",
        cause="{place} answered {detail}; not judged because of it: {needed_for}",
        fix="let the account that reads do this, then run `certify test {connection}`",
    ),
    ProblemKind(
        "directory_throttled",
        symptom="Throttled on {action}",
        cause="{place} limited the rate of requests for longer than we waited",
        fix="run `certify sync {connection}` again when it is quieter; what was read before stays current",
    ),
    ProblemKind(
        "directory_cut_short",
        symptom="{action} was cut short",
        cause="{place}: {detail}",
        fix='give the account that reads limits of its own (OpenLDAP: `olcLimits: dn.exact="BIND_DN"'
        " size=unlimited time=unlimited` on the database), then run `certify sync {connection}`; what was read before"
        " stays current",
    ),
    ProblemKind(
        "directory_read_failed",
        symptom="Could not read {action} to its end",
        cause="{place}: {detail}",
        fix="run `certify sync {connection}` again; what was read before stays current",
    ),
    ProblemKind(
        "directory_contradicts",
        symptom="The directory contradicts itself",
        cause="{place}: {detail}",
        fix="run `certify sync {connection}` again when nobody is changing it; if it says the same again, mend the"
        " entries there, or name another attribute as columns.native_id",
    ),
    ProblemKind(
        "nobody_listed",
        symptom="No accounts returned",
        cause="{place} answered, and lists nobody",
        fix="check where and what is looked for; or the account that reads may not see any",
    ),
    ProblemKind(
        "referrals_not_followed",
        symptom="Referrals were not followed",
        cause="{place} says more is kept at {servers}, and that was not read",
        fix="connect these servers too if accounts are in them; otherwise nothing is to be done",
        exit_code=ExitCode.OK,
    ),
    # --- the home and its files ---
    ProblemKind(
        "locked",
        symptom="The home is locked",
        cause="{home} is held by pid {pid} since {since} ({purpose})",
        fix="wait until it is done and try again; the lock of a process that died frees itself",
        exit_code=ExitCode.LOCKED,
    ),
    ProblemKind(
        "home_unusable",
        symptom="Not a usable home",
        cause="{home} {reason}",
        fix="choose a folder of its own with --home DIR or CERTIFY_HOME",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "invalid_file",
        symptom="{file} cannot be used",
        cause="{faults}",
        fix="mend the lines named above; nothing of the file was applied",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "no_connections",
        symptom="No directory is connected",
        cause="{file} is missing or lists none",
        fix="list one in it (name, kind, and role_arn or path), or see a company at work with `certify demo`",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_connection",
        symptom="No such connection",
        cause="'{name}' is not in {file}; it lists {known}",
        fix="use one of these names, or list it in the file first",
        exit_code=ExitCode.CONFIGURATION,
    ),
    # --- connecting a directory ---
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
    # --- snapshots at rest ---
    ProblemKind(
        "landing_unusable",
        symptom="Snapshots cannot be kept",
        cause="{place}: {reason}",
        fix="let this user write there (disk space and mode of the folder; or the bucket, and s3:ListBucket,"
        " GetObject, PutObject,"
        " DeleteObject on it), or set another `landing` in settings.yaml",
    ),
    ProblemKind(
        "snapshot_damaged",
        symptom="A snapshot is not as it was written",
        cause="{file} of snapshot {snapshot_id} {reason}",
        fix="restore it from a backup, or read the directory again with `certify sync {connection}`; and see who can"
        " write to the landing",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "shrank",
        symptom="The directory shrank",
        cause="{rows} rows in {table}, and {previous} in the last good snapshot ({previous_as_of}); that is more than"
        " {max_shrink} and {max_shrink_rows} rows less, so it is held, and the last good one stays current",
        fix="if they are really gone, `certify sync {connection} --accept-shrink {connection}`; otherwise mend what"
        " the directory returns",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "emptied",
        symptom="The directory is empty",
        cause="no row in {table}, and {previous} in the last good snapshot ({previous_as_of}); an empty directory is"
        " always held, and the last good one stays current",
        fix="if they are really all gone, `certify sync {connection} --accept-shrink {connection}`; otherwise look at"
        " what the directory returns to this connection",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "roster_empty",
        symptom="The roster is empty",
        cause="no row in {table}, and no earlier snapshot to compare it with; with nobody in it no account could have"
        " an owner, so it is held",
        fix="look at what the directory returns to this connection, or export it anew; if it is meant to be empty,"
        " `certify sync {connection} --accept-shrink {connection}`",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "ids_changed",
        symptom="The identifiers changed",
        cause="{kept} of {previous} identifiers of the last good snapshot ({previous_as_of}) are left in {table}, and"
        " {why}; findings, history and decisions hang on the identifiers, so it is held, and the last good one stays"
        " current",
        fix="map native_id to what it came from before; or, if the new identifiers are meant,"
        " `certify sync {connection} --accept-shrink {connection}`: findings on the old ones then end as"
        " directory_changed",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "snapshot_from_future",
        symptom="A snapshot from the future",
        cause="snapshot {snapshot_id} says it was read on {as_of}, and the clock of this machine says {now}; one of the"
        " two clocks is wrong, so the snapshot is set aside and older ones count",
        fix="compare the clocks of the machines that run certify (`timedatectl`). If the snapshot's was wrong, delete"
        " {place}/{series}/{snapshot_id}; if this one's was wrong, set it right and delete the file {marker} in there",
        exit_code=ExitCode.PARTIAL,
    ),
    ProblemKind(
        "no_snapshot_then",
        symptom="No snapshot that old",
        cause="no snapshot of '{connection}' that is kept was read by {instant}; {oldest}, so its accounts are not"
        " judged as of then",
        fix="choose a later instant. Of each connection the newest {keep} attempts are kept; raise keep_snapshots in"
        " settings.yaml to look further back from now on",
    ),
    ProblemKind(
        "unexpected",
        symptom="Unexpected error",
        cause="{error}",
        fix="the log has the whole of it, please report it; `certify sync {connection}` tries again",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "read_took_too_long",
        symptom="Reading took too long",
        cause="{deadline} had passed before everything was read (it was reading {far}), so what"
        " this connection holds now is unknown",
        fix="find out why it answers so slowly, then run `certify sync {connection}` again; what was read before stays"
        " current. For a directory that is meant to take so long, raise `read_deadline` in settings.yaml",
    ),
    ProblemKind(
        "read_too_large",
        symptom="The directory sent too much",
        cause="{what} (it was reading {far}), which no directory of people needs; what this connection holds now is"
        " unknown",
        fix="{advice}, then run `certify sync {connection}` again; what was read before stays current",
    ),
    # --- files ---
    ProblemKind(
        "file_missing",
        symptom="No such file",
        cause="{path} does not exist",
        fix="put the file there, or mend `path` of '{connection}' in connections.yaml",
    ),
    ProblemKind(
        "file_unreadable",
        symptom="The file cannot be read",
        cause="{path} {reason}",
        fix="{advice}",
    ),
    ProblemKind(
        "file_malformed",
        symptom="The file is malformed",
        cause="{path}, {where}: {reason}",
        fix="{advice}",
    ),
    ProblemKind(
        "file_column_missing",
        symptom="A column is missing",
        cause="{path} has no column '{column}', which columns.{field} names; {nearest}",
        fix="write a name the file has: {headers}",
    ),
    ProblemKind(
        "file_no_identity",
        symptom="No column tells one row from another",
        cause="{path} gives none of native_id, employee_id, username, email",
        fix="name one under `columns` of '{connection}', such as `columns: {{employee_id: EmployeeNumber}}`; the file"
        " has: {headers}",
    ),
    ProblemKind(
        "file_not_of_preset",
        symptom="Not the export that `preset` names",
        cause="{path} is no export of {product} (preset {preset}): no column is called {expected}",
        fix="export it again with that column, or name the one that tells one row from another under `columns` of"
        " '{connection}', such as `columns: {{native_id: Login}}`; the file has: {headers}",
    ),
    ProblemKind(
        "file_row_without_id",
        symptom="Rows have no {field}",
        cause="{path}: {count} rows hold something but not this, {where}; who they are cannot be told",
        fix="fill them in, or name a column that is always filled as columns.native_id",
    ),
    ProblemKind(
        "file_duplicate_id",
        symptom="Two rows have the same {field}",
        cause="{path}: {where} and differ otherwise; which is true cannot be told",
        fix="leave one of them in the file, or name a column that is never repeated as columns.native_id",
    ),
    ProblemKind(
        "no_rows",
        symptom="No rows",
        cause="{path} was read, and lists nobody",
        fix="check the export that writes it",
    ),
    ProblemKind(
        "file_from_future",
        symptom="A file is from the future",
        cause="{path} was last written on {written} by its own date, which is after it was read; its content counts"
        " as of the read",
        fix="set the clock of the machine that writes it, and write it again",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "roster_without_employment",
        symptom="The roster does not say who is employed",
        cause="{path} is a roster, and none of its columns is mapped to status, terminated_on or is_enabled: it says"
        " of no one whether they still work here, so no account is judged by its owner's employment",
        fix="add the column to '{connection}' in connections.yaml, as columns: {{status: HEADER}} or columns:"
        " {{terminated_on: HEADER}} (--columns status=HEADER of `certify connect file`), then `certify sync"
        " {connection}`; or lists_only_active: true (--lists-only-active), where leavers are taken out of the file."
        " The headers are {headers}",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "employment_unknown",
        symptom="The roster does not say of everybody whether they are employed",
        cause="of {count} people in it that is not known, and their accounts are neither owned nor orphaned: {gap}",
        fix="{action}. The table identity.status_words has every status word and what it is taken for",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "decisions_dangling",
        symptom="Decisions count for nothing",
        cause="{count} are about accounts that are in no directory any more, and neither an employee number nor an"
        " address leads to them: {decisions}",
        fix="look at them (`certify identity list`, `certify exception list`), decide anew about the accounts as they"
        " are now, then `certify identity undo` the old ones",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "accounts_quarantined",
        symptom="Accounts are in quarantine",
        cause="{count} fail a self-check ({checks}): what is said of them cannot all be true, so they get no verdict;"
        " every other account does",
        fix='`certify sql "{query}"` lists them with what each one needs; then `certify sync`',
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "roster_stale",
        symptom="The roster is old",
        cause="{path} has not been written since {written}, longer ago than authoritative_max_age ({max_age}): no"
        " account is called orphaned by it, however often it is read",
        fix="export the roster anew over the old file, then `certify sync {connection}`; set authoritative_max_age in"
        " settings.yaml where the export is less frequent on purpose",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "file_encoding_guessed",
        symptom="The encoding was guessed",
        cause="{path} is not UTF-8, and was read as {encoding}",
        fix="say `encoding:` for '{connection}' in connections.yaml, or export the file as UTF-8",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "file_duplicate_rows",
        symptom="Rows are repeated",
        cause="{path}: {count} rows are equal to an earlier one, {where}; each was taken once",
        fix="nothing is lost; mend the export if it bothers you",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "ldif_entries_without_id",
        symptom="Entries have no {field}",
        cause="{path}: {count} entries of accounts have no {field}, {where}; their dn is taken as their id",
        fix="export that attribute too, as an account that may read it: a dn changes when an entry is moved",
        exit_code=ExitCode.OK,
    ),
    ProblemKind(
        "file_cells_unknown",
        symptom="Cells could not be read",
        cause="{path}: {what}; each counts as unknown",
        fix="write dates as 2026-11-24 (or say `date_format:`), and true or false; formulas need a saved result",
        exit_code=ExitCode.OK,
    ),
    # --- the warehouse and what is published ---
    ProblemKind(
        "warehouse_open",
        symptom="The warehouse is open elsewhere",
        cause="{file} is held by pid {pid}, and DuckDB lets one process at a time write",
        fix="wait for that process or end it, then try again; to look at the results open certification.duckdb instead",
        exit_code=ExitCode.LOCKED,
    ),
    ProblemKind(
        "warehouse_unreadable",
        symptom="The warehouse cannot be opened",
        cause="{file}: {reason}",
        fix="move the file aside and run `certify sync`: it is rebuilt from the landing (first-seen dates start anew)",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "snapshot_unreadable",
        symptom="A snapshot cannot be loaded",
        cause="{snapshot_id} of '{connection}' is not what was landed: {reason}",
        fix="run `certify sync {connection}` to read the directory again; until then the rows loaded before stay,"
        " with their own date",
        exit_code=ExitCode.PARTIAL,
    ),
    ProblemKind(
        "project_invalid",
        symptom="dbt cannot run the project",
        cause="{project}: {reason}",
        fix="undo the last change of the project; `dbt parse` says more",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "build_failed",
        symptom="The tables were not published",
        cause="{count} of the dbt models and tests failed, first {first}; what was published before is unchanged",
        fix="see the messages above; when the rows of one directory are at fault, mend them there and run `certify"
        " sync` again",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "nothing_to_publish",
        symptom="There is nothing to publish",
        cause="{file} holds no mart",
        fix="run `certify sync`",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "not_published",
        symptom="Nothing has been published yet",
        cause="{file} does not exist",
        fix="run `certify sync` (or `certify demo` for the sample company)",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "not_judged_then",
        symptom="Nothing was judged as of that instant",
        cause="exports/as-of in the home has no file for {instant}; there is: {there}",
        fix="run `certify sync --as-of {instant}` first; it reads no directory and publishes nothing",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "published_unreadable",
        symptom="The published file cannot be opened",
        cause="{file}: {reason}",
        fix="run `certify sync`: it is written anew",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "query_refused",
        symptom="Only one select at a time is answered",
        cause="this is {found}",
        fix="write one statement that reads: select, from, with, pivot, describe, summarize or show",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "query_failed",
        symptom="DuckDB could not answer",
        cause="{reason}",
        fix='the tables and their columns: `certify sql "select * from information_schema.columns"`',
        exit_code=ExitCode.CONFIGURATION,
    ),
    # --- decisions of people ---
    ProblemKind(
        "ledger_unreadable",
        symptom="The ledger of decisions cannot be used",
        cause="{file} {reason}; nothing is judged without it, because what people decided would be forgotten",
        fix="restore the file from a backup; or move it aside, and bring the decisions back with `certify identity"
        " import` from a file that `certify identity export` wrote",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "build_untested",
        symptom="The tables were not tested as a whole",
        cause="{reason}; the last good publication stays",
        fix="run `certify sync`, or the job `build` in the Dagster pages; it loads, builds, tests and publishes in one",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "ledger_broken",
        symptom="The ledger of decisions is not what certify wrote",
        cause="{file}: {found}; nothing is judged or published by it, and nothing is added to it, because the decisions"
        " in it cannot be trusted",
        fix="restore ledger.sqlite and ledger-head.json together from a backup; if you know the change and it is right:"
        " `certify ledger accept --reason TEXT`, which records that you accepted it. `certify ledger verify` lists"
        " every row concerned",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "ledger_busy",
        symptom="The ledger of decisions is being written to",
        cause="another process has kept {file} for more than {seconds} s",
        fix="try again when it is done",
        exit_code=ExitCode.LOCKED,
    ),
    ProblemKind(
        "what_if_unfit",
        symptom="This cannot be tried",
        cause="{field} {reason}",
        fix="give another value; identity.rules lists the rules, identity.thresholds the limits",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "decision_unfit",
        symptom="This is no decision",
        cause="{reason}",
        fix="nothing was recorded; decide again with that mended",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "decisions_contradict",
        symptom="This contradicts what was decided before",
        cause="{reason}. In the way: {decisions}",
        fix="nothing was recorded; look at them with `certify identity list`, undo those that are wrong (`certify"
        " identity undo {first} --reason ...`), then decide again",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_decision",
        symptom="No such decision",
        cause="'{decision_id}' {reason}",
        fix="`certify identity list` and `certify exception list` show the ids",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_account",
        symptom="No such account",
        cause="nothing that was published is called '{name}'{closest}",
        fix='give an account_key, a user name, an e-mail address or an employee id; `certify sql "select account_key,'
        ' username, email from inventory.accounts"` lists them',
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "ambiguous_account",
        symptom="Several accounts are called that",
        cause="'{name}' may be {choices}",
        fix="give one of these account_keys instead",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_finding",
        symptom="No such finding",
        cause="'{finding_id}' {reason}",
        fix="`certify findings --json` shows the finding_id of each open finding; the first letters of one are enough",
        exit_code=ExitCode.CONFIGURATION,
    ),
    # --- alerts ---
    ProblemKind(
        "alerts_unreadable",
        symptom="What was alerted cannot be told",
        cause="{file} cannot be read ({reason}), so nobody knows which failing checks were told already",
        fix="restore the file, or delete it: every check that fails then is told once more",
        exit_code=ExitCode.CONFIGURATION,
    ),
    # --- the sample company ---
    ProblemKind(
        "demo_refused",
        symptom="Not the sample company's home",
        cause="{home} has connections of its own, which `certify demo` will neither mix with the sample company nor"
        " replace",
        fix="give the sample company a folder of its own: `certify demo --home DIR`",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "demo_missing",
        symptom="The sample company is not installed",
        cause="the emulated AWS needs {module}, which is not among the requirements of real connections",
        fix="`make demo` in a clone installs it; elsewhere: pip install 'certification-center-pipeline[demo]'",
        exit_code=ExitCode.CONFIGURATION,
    ),
    # --- the web pages ---
    ProblemKind(
        "disk_full",
        symptom="The disk is full",
        cause="{place} could not be written to; {free} are free there. What was there before is unchanged",
        fix="free some space, or move the home to a larger disk (--home, CERTIFY_HOME); then run the command again."
        " `keep_snapshots` in settings.yaml says how many old snapshots are kept",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "no_home_there",
        symptom="There is no home to delete",
        cause="{home} does not hold the files of a home",
        fix="name the home with --home or CERTIFY_HOME",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "home_kept",
        symptom="Nothing was deleted",
        cause="deleting {home} was not confirmed",
        fix="type the name of the folder when asked; without a terminal, give --yes-delete-everything",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "port_taken",
        symptom="The port cannot be used",
        cause="{host}:{port} cannot be listened on ({reason})",
        fix="end what uses it, or choose another with --port",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "ui_ended",
        symptom="Dagster ended by itself",
        cause="its exit status was {status}; its own messages stand above",
        fix="`certify doctor` looks at its configuration; a dagster.yaml that was changed by hand can be deleted and"
        " is written anew",
        exit_code=ExitCode.UNEXPECTED,
    ),
)
