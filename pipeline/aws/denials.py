"""Parses an AccessDenied message: which kind of policy refused, and what has to be changed.

The wordings are those of "Troubleshoot access denied error messages" in the IAM user guide: `because no TYPE policy
allows the ACTION action` and `with an explicit deny in a TYPE policy`, since January 2026 followed by the policy's ARN.
Messages from before 2021, and those of some services, give no reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.problems import Problem

IDENTITY, BOUNDARY, SESSION = "identity-based policy", "permissions boundary", "session policy"
SCP, RCP = "service control policy", "resource control policy"
ENDPOINT, RESOURCE = "VPC endpoint policy", "resource-based policy"
POLICIES = (IDENTITY, BOUNDARY, SESSION, SCP, RCP, ENDPOINT, RESOURCE)
"""The kinds of policy AWS names."""

_KIND = f"(?P<kind>{'|'.join(POLICIES)})"
_MISSING = re.compile(rf"because no {_KIND} allows", re.IGNORECASE)
_EXPLICIT = re.compile(
    rf"with an explicit deny(?: in (?:an?|the) {_KIND}(?:: ?(?P<arn>arn:[^\s\"']+))?)?", re.IGNORECASE
)
_REFUSED = re.compile(r"not authorized to perform:? (?P<action>[a-z0-9-]+:[A-Za-z]+)")
_CODES = {
    BOUNDARY: "read_denied_by_boundary",
    SESSION: "read_denied_by_session_policy",
    SCP: "read_denied_by_scp",
    RCP: "read_denied_by_rcp",
    ENDPOINT: "read_denied_by_endpoint",
    RESOURCE: "read_denied_by_resource_policy",
}
KEY_CODE = "center_key_denied"


@dataclass(frozen=True)
class Denial:
    """One refusal. `kind` is one of POLICIES, empty where AWS gave no reason; `is_explicit`: a Deny and no missing
    Allow; `policy_arn` where AWS names it; `is_of_key`: AWS KMS refused to decrypt what was asked for."""

    kind: str = ""
    is_explicit: bool = False
    policy_arn: str = ""
    is_of_key: bool = False

    @classmethod
    def from_message(cls, message: str, reason: str = "") -> Denial:
        """Out of an error's message, and its `Reason` where the service has one."""
        message = " ".join(message.split())
        refused = _REFUSED.search(message)
        is_of_key = reason.upper().startswith("KMS") or (refused is not None and refused["action"].startswith("kms:"))
        if found := _EXPLICIT.search(message):
            return cls((found["kind"] or "").lower().replace("vpc", "VPC"), True, found["arn"] or "", is_of_key)
        missing = _MISSING.search(message)
        return cls(missing["kind"].lower().replace("vpc", "VPC") if missing else "", is_of_key=is_of_key)

    @property
    def is_plain(self) -> bool:
        """Whether allowing the action to the role is likely to be all it takes."""
        return self.kind in ("", IDENTITY) and not self.is_explicit and not self.is_of_key

    @property
    def by(self) -> str:
        """`` by a service control policy``, to follow "denied" in a gap; empty where the role simply lacks the
        permission."""
        if self.is_of_key:
            return " by the KMS key"
        if self.kind and not self.is_plain:
            return f" by {'an' if self.kind.startswith('i') else 'a'} {self.kind}"
        return " by an explicit deny" if self.is_explicit else ""

    @property
    def code(self) -> str:
        """The catalogue's entry; empty for the plain one, whose words each directory kind has of its own."""
        if self.is_of_key:
            return KEY_CODE
        if self.is_explicit and self.kind in ("", IDENTITY):
            return "read_denied_explicitly"
        return _CODES.get(self.kind, "")

    def problem(self, *, connection: str, action: str, error_code: str, needed_for: str) -> Problem:
        """What to change; only where `code` is not empty."""
        return Problem.of(
            self.code,
            connection=connection,
            action=action,
            error_code=error_code,
            needed_for=needed_for,
            **self.words,
        )

    @property
    def words(self) -> dict[str, str]:
        """What the catalogue's entries say of the policy."""
        return {
            "kind": self.kind,
            "verb": "denies" if self.is_explicit else "does not allow",
            "named": f" ({self.policy_arn})" if self.policy_arn else "",
        }


PLAIN = Denial()
"""No reason given, as before 2021."""
