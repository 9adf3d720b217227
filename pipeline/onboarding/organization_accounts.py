"""Lists the accounts of an AWS organization, and proposes a connection name and role for each.

Organizations' ListAccounts gives at most 20 accounts a page and may give fewer; only a missing NextToken ends the list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.onboarding.pending import made_valid
from pipeline.problems import ConfigurationError, Problem

PAGE = 20
ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
PLACES = ("account_id", "account_name")
LONGEST_NAME = 41


class Organizations(Protocol):
    """The one call of boto3's Organizations client that is needed."""

    def list_accounts(self, **parameters: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class OrganizationAccount:
    """One account as Organizations describes it. `state` is ACTIVE, SUSPENDED, PENDING_CLOSURE, ..."""

    account_id: str
    name: str
    state: str
    arn: str

    @property
    def management_account_id(self) -> str:
        """arn:aws:organizations::MANAGEMENT:account/o-.../ACCOUNT"""
        return self.arn.split(":")[4]

    @property
    def organization_id(self) -> str:
        return self.arn.split("/")[1]


@dataclass(frozen=True)
class ConnectionProposal:
    """One connection to be: its name, and the role it would assume."""

    account: OrganizationAccount
    name: str
    role_arn: str


def list_accounts(client: Organizations) -> Iterator[OrganizationAccount]:
    """Every account of the organization, whatever its state. Raises what botocore raises."""
    parameters: dict[str, Any] = {"MaxResults": PAGE}
    while True:
        page = client.list_accounts(**parameters)
        for account in page["Accounts"]:
            # Status is the older of the two and goes away; State knows more values.
            state = account.get("State") or account.get("Status") or "UNKNOWN"
            yield OrganizationAccount(account["Id"], account.get("Name") or account["Id"], state, account["Arn"])
        if not page.get("NextToken"):
            return
        parameters["NextToken"] = page["NextToken"]


def active(accounts: Iterable[OrganizationAccount]) -> tuple[list[OrganizationAccount], list[OrganizationAccount]]:
    """Those that can be read, by id, and those that are closed or closing."""
    ordered = sorted(accounts, key=lambda account: account.account_id)
    return [each for each in ordered if each.state == "ACTIVE"], [each for each in ordered if each.state != "ACTIVE"]


def propose(
    accounts: Sequence[OrganizationAccount], *, partition: str, role: str, names: str, taken: Collection[str]
) -> list[ConnectionProposal]:
    """A connection for each account. `role` (the role's name) and `names` may hold {account_id} and {account_name}.

    Names are made valid, and unique among themselves and `taken` by adding the account's id. Raises ConfigurationError
    for another place in braces, or a role name IAM would not accept.
    """
    used = set(taken)
    proposals = []
    for account in accounts:
        role_name = _filled("--role-name-pattern", role, account)
        if not ROLE_NAME.fullmatch(role_name):
            raise _unusable("--role-name-pattern", role, f"gives '{role_name}', which cannot be a role's name")
        name = _unique(made_valid(_filled("--name-pattern", names, account)), account.account_id, used)
        used.add(name)
        proposals.append(
            ConnectionProposal(account, name, f"arn:{partition}:iam::{account.account_id}:role/{role_name}")
        )
    return proposals


def _unique(name: str, account_id: str, used: Collection[str]) -> str:
    if name not in used:
        return name
    with_id = f"{name[: LONGEST_NAME - len(account_id) - 1].rstrip('-')}-{account_id}"
    number, candidate = 2, with_id
    while candidate in used:
        suffix = f"-{number}"
        candidate, number = f"{with_id[: LONGEST_NAME - len(suffix)]}{suffix}", number + 1
    return candidate


def _filled(option: str, pattern: str, account: OrganizationAccount) -> str:
    values = {"account_id": account.account_id, "account_name": account.name}
    unknown = set(re.findall(r"\{([^{}]*)\}", pattern)) - set(PLACES)
    if unknown:
        raise _unusable(option, pattern, f"has {{{min(unknown)}}} in it, which stands for nothing")
    return re.sub(r"\{(\w+)\}", lambda place: values[place[1]], pattern)


def _unusable(option: str, pattern: str, reason: str) -> ConfigurationError:
    allowed = "letters, digits and +=,.@_-, and the places {account_id} and {account_name}"
    return ConfigurationError(
        Problem.of("invalid_pattern", option=option, pattern=pattern, reason=reason, allowed=allowed)
    )
