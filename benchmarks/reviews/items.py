"""Items of a made-up company, as varied as those of a real one: they compress no better."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from pipeline.certification.documents import sealed
from pipeline.certification.model import (
    Campaign,
    Default,
    Evidence,
    Item,
    ItemFinding,
    ItemKind,
    Scope,
    Verdict,
)

STARTED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REVIEWER = "grace.hopper@corp.example"
GIVEN = (
    "Ada",
    "Alan",
    "Edsger",
    "Barbara",
    "Donald",
    "Frances",
    "John",
    "Katherine",
    "Radia",
    "Tim",
    "Margaret",
    "Ken",
)
FAMILY = ("Lovelace", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Backus", "Johnson", "Perlman", "Hamilton")
POLICIES = ("ReadOnlyAccess", "AdministratorAccess", "AmazonS3FullAccess", "IAMUserChangePassword", "PowerUserAccess")


def campaign(count: int) -> Campaign:
    """Of so many items, due in two weeks."""
    return Campaign(
        campaign_id="c-0000000001",
        name="2026-q4",
        scope=Scope.ALL,
        directories=(),
        where="",
        due_at=STARTED + timedelta(days=14),
        fallbacks=(),
        default=Default.KEEP,
        item_count=count,
        started_by="auditor",
        started_at=STARTED,
        entered_by="auditor",
    )


def items(count: int) -> list[Item]:
    """So many items of one reviewer; the same for the same count."""
    chance = random.Random(count)
    return [_item(number, chance) for number in range(count)]


def _item(number: int, chance: random.Random) -> Item:
    name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    username = f"{name.lower().replace(' ', '.')}{number}"
    idle = chance.randrange(400)
    policy = f"{chance.choice(POLICIES)}-{chance.randrange(200)}"
    summary = f"the account of {username} was not used for {idle} days; the limit is 90 days"
    findings = (ItemFinding(f"f-{chance.getrandbits(48):x}", "stale_account", "medium", summary),) if idle > 90 else ()
    return sealed(
        Item(
            item_id=f"i-{chance.getrandbits(50):010x}",
            kind=ItemKind.ENTITLEMENT,
            account_key=f"production:AIDA{chance.getrandbits(64):016X}",
            entitlement_key=f"e-{chance.getrandbits(64):x}",
            credential_key=None,
            directory_id=f"production-{number % 12}",
            directory_name=f"Production AWS account {number % 12}",
            username=username,
            display_name=name,
            account_kind="human",
            what=f"policy {policy}, through group team-{chance.randrange(300)}",
            is_privileged=policy.startswith("Admin"),
            person_id=f"p-{chance.getrandbits(48):x}",
            person_names=(username, name),
            reviewer=REVIEWER,
            reviewer_name="Grace Hopper",
            reviewer_rule="owner_manager",
            reviewer_reason=f"manages {name}",
            evidence=Evidence(
                last_used_at=STARTED - timedelta(days=idle),
                last_used_state="used",
                last_used=f"last used on {STARTED - timedelta(days=idle):%Y-%m-%d} (credential report)",
                owner=f"{name} <{username}@corp.example>",
                owner_status="active",
                owner_reason="e-mail address of the roster",
                findings=findings,
                holders=chance.randrange(1, 400),
                population=5000,
                as_of=STARTED,
            ),
            recommendation=Verdict.REVOKE if findings else Verdict.CERTIFY,
            recommendation_reason=f"used {idle} days ago; the limit is 90 days",
            access={"policy_key": policy, "granted_through": "group"},
        )
    )
