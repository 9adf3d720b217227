"""The choices a user makes when connecting a role, validated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.connections.models import INSTANCE, REGION
from pipeline.onboarding.organization_accounts import ROLE_NAME
from pipeline.onboarding.pending import Pending, RoleKindName
from pipeline.onboarding.role_artifacts import ROLE_KINDS, RoleKind
from pipeline.problems import ConfigurationError, Problem

ORGANIZATION_ID = re.compile(r"o-[a-z0-9]{10,32}")


@dataclass(frozen=True)
class OnboardingRequest:
    """What a person may choose about a new connection; empty means as before, or the default.

    The external ID is not among it. `region` and `instance_arn` are of an Identity Center.
    """

    name: str
    kind: RoleKindName = "aws_iam"
    display_name: str = ""
    principal: str = ""
    role_name: str = ""
    organization_id: str = ""
    template_url: str = ""
    out: Path | None = None
    region: str = ""
    instance_arn: str = ""
    accepts_unproven: bool = False
    """Save it although AWS did not answer whether the role demands its external ID."""

    @property
    def role_kind(self) -> RoleKind:
        return ROLE_KINDS[self.kind]


def check_choices(wish: OnboardingRequest) -> None:
    """ConfigurationError for a choice that AWS would not take."""
    if wish.role_name and not ROLE_NAME.fullmatch(wish.role_name):
        raise _unusable("--role-name", wish.role_name, "cannot be a role's name", "1 to 64 letters, digits and +=,.@_-")
    if wish.organization_id and not ORGANIZATION_ID.fullmatch(wish.organization_id):
        raise _unusable(
            "--organization-id", wish.organization_id, "is not an organization's id", "one like o-a1b2c3d4e5"
        )
    if wish.region and not REGION.fullmatch(wish.region):
        raise _unusable("--region", wish.region, "is not a region of AWS", "one such as us-east-1")
    if wish.instance_arn and not INSTANCE.fullmatch(wish.instance_arn):
        example = "one like arn:aws:sso:::instance/ssoins-0123456789abcdef"
        raise _unusable("--instance-arn", wish.instance_arn, "is not the ARN of an instance", example)


def refuse_placeless(waiting: Pending) -> None:
    """ConfigurationError for an Identity Center nobody said the region of."""
    if waiting.kind == "aws_identity_center" and not waiting.region:
        raise _unusable("--region", "", "is no region, and an Identity Center lives in one", "one such as eu-central-1")


def _unusable(option: str, text: str, reason: str, allowed: str) -> ConfigurationError:
    return ConfigurationError(
        Problem.of("invalid_pattern", option=option, pattern=text, reason=reason, allowed=allowed)
    )
