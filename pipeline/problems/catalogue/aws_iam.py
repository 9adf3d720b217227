"""Reading AWS IAM."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
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
)
