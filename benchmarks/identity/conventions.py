"""The conventions of a company, drawn for each seed: patterns, domains, tag names, affixes, words."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.identity.spelling import PATTERNS
from benchmarks.identity.vocabulary import vocabulary

_ADMIN = (
    "{}-adm",
    "adm-{}",
    "a-{}",
    "{}.admin",
    "{}_priv",
    "admin.{}",
    "{}-admin",
    "adm_{}",
    "{}_a",
    "sa-{}",
    "priv-{}",
    "{}.adm",
    "{}-sa",
)
_ADMIN_GLUED = ("adm{}", "{}adm")
_CONTRACTOR = ("{}-ext", "ext-{}", "x_{}", "{}.ext", "c-{}", "ext.{}", "v-{}", "{}_contractor", "{}-ctr")
_SERVICE = ("svc-{}", "svc_{}", "{}-svc", "{}-service", "{}-bot", "sa-{}", "srv-{}", "app-{}", "{}_user", "{}-robot")
_EMAIL_TAGS = (
    "email",
    "Email",
    "mail",
    "user-email",
    "EmailAddress",
    "contact-email",
    "Owner",
    "owner",
    "OwnerEmail",
    "owner_email",
)
_EMPLOYEE_TAGS = (
    "employee_id",
    "EmployeeID",
    "emp-id",
    "EmployeeNumber",
    "staff-id",
    "PersonnelNumber",
    "hr:employee-id",
)
_NAME_TAGS = ("Name", "FullName", "display-name", "full_name", "DisplayName", "user")
_OWNER_TAGS = (
    "Owner",
    "owner",
    "OwnerEmail",
    "owner-email",
    "service-owner",
    "ServiceOwner",
    "managed-by",
    "Contact",
    "technical_owner",
)
_TEAM_TAGS = ("team", "Team", "owning-team", "Squad", "CostCenterTeam")
_APP_TAGS = ("app", "application", "Application", "service", "Service", "system")


@dataclass(frozen=True)
class AwsConvention:
    """How one AWS account is run."""

    username: str  # one of PATTERNS, or `email`, or `uid` for the company's own
    email_tag: str
    employee_tag: str
    name_tag: str
    owner_tag: str
    team_tag: str
    app_tag: str
    admin_affix: str
    people_path: str
    service_path: str
    created_by: bool  # tags every user with whoever made it


@dataclass(frozen=True)
class Conventions:
    """One company's habits; `domains` has the main domain first."""

    domains: tuple[str, ...]
    upn_domain: str
    uid: str
    email: str
    number_prefix: str
    spelled_out_uid: bool
    spelled_out_email: bool
    employee_id: str
    employee_id_ldap: str
    display: str
    admin_affix: str
    contractor_affix: str
    service_affixes: tuple[str, ...]
    okta_username: str
    identity_center_username: str
    employee_word: str
    contractor_word: str
    active_word: str
    terminated_word: str
    declares_services: bool
    former_name_attribute: str
    splits_names: bool  # the exports have a given and a family name, not only one to show
    roster_departments: bool
    roster_hire_dates: bool
    technical_only: bool  # only technical departments have AWS users
    dated_by_employment: bool  # AWS users are as old as the employment allows, not of any age
    name_pool: float  # how many family names there are, against the difficulty's own measure
    aws: tuple[AwsConvention, ...]


def _aws(rng: random.Random) -> AwsConvention:
    return AwsConvention(
        username=rng.choices(("uid", "email", "first.last", "flast", "firstl"), weights=(60, 18, 14, 5, 3))[0],
        email_tag=rng.choice(_EMAIL_TAGS),
        employee_tag=rng.choice(_EMPLOYEE_TAGS),
        name_tag=rng.choice(_NAME_TAGS),
        owner_tag=rng.choice(_OWNER_TAGS),
        team_tag=rng.choice(_TEAM_TAGS),
        app_tag=rng.choice(_APP_TAGS),
        admin_affix=rng.choice(_ADMIN),
        people_path=rng.choice(("/", "/", "/people/", "/users/", "/humans/")),
        service_path=rng.choice(("/", "/service/", "/svc/", "/system/", "/automation/", "/bots/")),
        created_by=rng.random() < 0.5,
    )


def draw(rng: random.Random) -> Conventions:
    """The habits of one company."""
    words = vocabulary()
    name = rng.choice(words.company_words) + rng.choice(words.company_trades)
    subsidiaries = rng.sample(words.company_words, k=rng.randint(0, 3))
    employee_id = rng.choice(("{:06d}", "E{:05d}", "{:d}", "EMP-{:05d}", "{:08d}", "P{:06d}"))
    return Conventions(
        domains=(f"{name}.example", *(f"{word}-{rng.choice(words.company_trades)}.example" for word in subsidiaries)),
        upn_domain=rng.choice((f"{name}.local", f"corp.{name}.internal", f"ad.{name}.lan")),
        uid=rng.choice(PATTERNS),
        email=rng.choice(("first.last", "first.last", "flast", "f.last", "first_last", "firstlast", "last.first")),
        number_prefix=rng.choice(("u", "c", "x", "a", "")),
        spelled_out_uid=rng.random() < 0.4,
        spelled_out_email=rng.random() < 0.4,
        employee_id=employee_id,
        employee_id_ldap=rng.choice((employee_id, employee_id, "{:d}", "{:08d}")),
        display=rng.choice(("{g} {f}", "{g} {f}", "{f}, {g}", "{g} {f} ({d})", "{F} {g}", "{f} {g}", "{f}, {g} ({d})")),
        admin_affix=rng.choice(_ADMIN + _ADMIN_GLUED),
        contractor_affix=rng.choice(_CONTRACTOR),
        service_affixes=tuple(rng.sample(_SERVICE, k=3)),
        okta_username=rng.choice(("email", "email", "uid", "upn")),
        identity_center_username=rng.choice(("email", "uid", "email")),
        employee_word=rng.choice(("Employee", "Regular", "FTE", "E", "permanent")),
        contractor_word=rng.choice(("Contractor", "Contingent Worker", "CWR", "External", "C")),
        active_word=rng.choice(("Active", "A", "active", "ACTIVE", "Employed")),
        terminated_word=rng.choice(("Terminated", "T", "inactive", "Left", "Former")),
        declares_services=rng.random() < 0.5,
        splits_names=rng.random() < 0.7,
        roster_departments=rng.random() < 0.8,
        roster_hire_dates=rng.random() < 0.8,
        technical_only=rng.random() < 0.5,
        dated_by_employment=rng.random() < 0.6,
        name_pool=rng.choice((0.5, 1.0, 1.0, 2.0)),
        former_name_attribute=rng.choice(("BirthName", "maiden_name", "Previous Last Name", "formerName")),
        aws=tuple(_aws(rng) for _ in range(3)),
    )
