"""The sample company's LDAP and Identity Center users, and the traps for matching them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipeline.demo.company.logins import DirectoryEntry, Kind, Login, Ownership, Password
from pipeline.demo.company.machines import CONSULTANT
from pipeline.demo.company.names import DOMAIN
from pipeline.demo.company.people import Person
from pipeline.demo.company.scenario_builder import ScenarioBuilder

LDAP, SSO = "ldap", "sso"
FORMER_NUMBER = "000871"
ADMINISTRATORS = "Cloud administrators"
TEAMS = {"Engineering": "Engineering", "Platform": "Platform", "Data": "Data", "Security": "Security"}
"""Groups of Identity Center by department."""
_STILL_LISTED = ("left, HR still says active", "left, HR gives no date", "left, with logins in two AWS accounts")


def tell(tale: ScenarioBuilder) -> None:
    """Everything of both directories, once the people's AWS logins are told."""
    tale.change(tale.cast("ricardo.monteiro"), prior_employee_id=FORMER_NUMBER)
    ldap_people(tale)
    ldap_admin_twins(tale)
    ldap_outsiders(tale)
    ldap_machines(tale)
    sso_people(tale)
    sso_leavers(tale)
    sso_without_address(tale)


def card(person: Person, **told: str) -> DirectoryEntry:
    """What a directory says of a person: HR's words, but for what is `told` otherwise."""
    name = person.name
    plain = DirectoryEntry(
        display_name=f"{name.given} {name.family}".strip(),
        given_name=name.given,
        family_name=name.family,
        email=person.email,
        employee_id=person.employee_id,
        department=person.department,
        title=person.title,
        worker_type=person.worker_type,
    )
    return replace(plain, **told)


def ldap_people(tale: ScenarioBuilder) -> None:
    """Everybody who works here, and some who do not any more. Not every entry is used."""
    oddities = _oddities(tale)
    left = {login.owner for login in tale.logins if login.story in _STILL_LISTED}
    taken: set[str] = set()
    for position, person in enumerate(tale.people):
        works = person.works_here(tale.now)
        if not works and person.employee_id not in left:
            continue
        story, last = "in the directory", tale.used()
        if not works:
            story, last = "left, still in the directory", tale.used() + 60
        elif position % 19 == 7:
            story, last = "directory login not used", tale.forgotten()
        plain = "" if position % 9 == 4 else person.employee_id
        told: dict[str, Any] = {"story": story, "name": person.name.short, "card": card(person, employee_id=plain)}
        told |= oddities.get(person.name.local, {})
        told["name"] = _free(told["name"], taken)
        never = works and position % 61 == 30
        _list(tale, LDAP, person, used=None if never else last, **told)


def _oddities(tale: ScenarioBuilder) -> dict[str, dict[str, Any]]:
    """Entries that do not say plainly whose they are, by the person they are of."""
    married, back = tale.cast("charlotte.okonjo"), tale.cast("ricardo.monteiro")
    mistaken, other = tale.cast("nadia.rahmani"), tale.cast("viktor.horvath")
    maiden = {"display_name": "Charlotte Lindgren", "family_name": "Lindgren", "email": _old_address(married)}
    former = {"employee_id": FORMER_NUMBER, "email": f"r.monteiro@{DOMAIN}"}
    # Both Daniels and the colleague of the mistaken number are found by number, so theirs must not be left out.
    sure = {local: {"card": card(tale.cast(local))} for local in ("daniel.kim", "daniel.kim2", "viktor.horvath")}
    return sure | {
        "charlotte.okonjo": {
            "name": "clindgren",
            "card": card(married, **maiden),
            "trap": "married: the old name and address",
        },
        "ricardo.monteiro": {"card": card(back, **former), "trap": "rehired: the number of the first time"},
        "nadia.rahmani": {
            "card": card(mistaken, employee_id=other.employee_id),
            "trap": "the employee number of a colleague",
        },
    }


def _old_address(married: Person) -> str:
    return married.email.replace("okonjo", "lindgren")


def ldap_admin_twins(tale: ScenarioBuilder) -> None:
    """A second entry for administration: one with the person's number, one with nothing but the name."""
    for local, number in (("farouk.mansour", True), ("ingrid.solberg", False)):
        person = tale.cast(local)
        full = f"{person.name.given} {person.name.family} (admin)"
        told = card(
            person, display_name=full, email="", employee_id=person.employee_id if number else "", department=""
        )
        name, story = f"adm-{person.name.short}", "admin half of an admin twin"
        trap = "an admin's second login" if number else "an admin's second login, no number"
        _list(tale, LDAP, person, name=name, story=story, card=told, used=2.5, is_admin_half=True, trap=trap)


def ldap_outsiders(tale: ScenarioBuilder) -> None:
    """Contractors HR does not know; one is called like an employee."""
    told = DirectoryEntry("Hélène Delacroix", "Hélène", "Delacroix", CONSULTANT, worker_type="Contractor")
    trap = "a contractor HR does not know"
    _outside(tale, "ext-hdelacroix", "consultant HR does not know", told, trap)
    namesake = "emma.larsson@brightwave-consulting.example"
    told = DirectoryEntry("Emma Larsson", "Emma", "Larsson", namesake, worker_type="Contractor")
    _outside(tale, "ext-elarsson", "consultant called like an employee", told, "a contractor called like an employee")


def ldap_machines(tale: ScenarioBuilder) -> None:
    """Entries that are no person's own."""
    told = DirectoryEntry("Wiki service", "", "Wiki")
    _list(tale, LDAP, None, kind="service", name="svc-wiki", story="service of the directory", card=told, used=0.5)
    told = DirectoryEntry("Help desk", "", "Help desk", f"helpdesk@{DOMAIN}")
    trap = "a mailbox of many"
    _list(tale, LDAP, None, kind="shared", name="helpdesk", story="mailbox of many", card=told, used=0.2, trap=trap)


def sso_people(tale: ScenarioBuilder) -> None:
    """Those who work in AWS; their user name is their address."""
    left_out = {"daniel.kim", "daniel.kim2", "william.fitzgerald", "nadia.rahmani"}
    roles = [person for person in tale.people if person.department in TEAMS and person.works_here(tale.now)]
    chosen = [person for position, person in enumerate(roles) if position % 3 == 0 or position < 24]
    chosen += [tale.cast(local) for local in ("yuki.tanaka", "charlotte.okonjo")]
    for person in dict.fromkeys(chosen):
        if person.name.local in left_out:
            continue
        email, number = person.email, person.employee_id if len(tale.listed) % 2 else ""
        trap = "one person in every directory" if person.name.local == "yuki.tanaka" else ""
        if person.name.local == "charlotte.okonjo":
            email, number, trap = _old_address(person), "", "married: nothing but the old address"
        groups = [TEAMS[person.department]]
        if person.department == "Platform" and len(tale.listed) % 3 == 0:
            groups.append(ADMINISTRATORS)
        told = card(person, email=email, employee_id=number)
        policies = ["AdministratorAccess"] if person.name.local == "jan.vanderberg" else []
        story = "in Identity Center"
        _list(tale, SSO, person, name=email, story=story, card=told, groups=groups, policies=policies, trap=trap)


def sso_leavers(tale: ScenarioBuilder) -> None:
    """Who has left and can still come in, and who was shut out."""
    gone = [tale.person(login.owner) for login in tale.logins if login.story == "left, key still in use"]
    stories = (("left, still in Identity Center", True), ("left, shut out of Identity Center", False))
    for person, (story, enabled) in zip(gone, stories, strict=True):
        groups = [TEAMS.get(person.department, "Engineering"), ADMINISTRATORS]
        _list(tale, SSO, person, name=person.email, story=story, card=card(person), groups=groups, is_enabled=enabled)


def sso_without_address(tale: ScenarioBuilder) -> None:
    """Users made by hand, without an e-mail address and without a number."""
    bill = tale.cast("william.fitzgerald")
    told = card(bill, display_name="Bill Fitzgerald", given_name="Bill", email="", employee_id="", department="")
    _list(tale, SSO, bill, name="bill.fitzgerald", story="goes by a nickname", card=told, trap="a nickname")
    told = DirectoryEntry("Daniel Kim", "Daniel", "Kim")
    trap = "two persons of that name"
    _list(tale, SSO, None, "ambiguous", name="daniel-kim", story=f"{trap}, no key", card=told, trap=trap)


def _outside(tale: ScenarioBuilder, name: str, story: str, told: DirectoryEntry, trap: str) -> None:
    _list(tale, LDAP, None, name=name, story=story, card=told, used=11.0, outsider=told.email, trap=trap)


def _list(
    tale: ScenarioBuilder,
    where: str,
    owner: Person | None,
    ownership: Ownership | None = None,
    *,
    name: str,
    story: str,
    card: DirectoryEntry,
    kind: Kind = "human",
    used: float | None = None,
    groups: Sequence[str] = (),
    policies: Sequence[str] = (),
    is_enabled: bool = True,
    is_admin_half: bool = False,
    outsider: str = "",
    trap: str = "",
) -> None:
    """An entry or user; it was made when its person was hired, or two years ago."""
    made = float((tale.now.date() - owner.hired_on).days) if owner and kind == "human" else 730.0
    tale.listed.append(
        Login(
            connection=where,
            name=name,
            story=story,
            kind=kind,
            created=made,
            ownership=ownership or ("person" if owner else "nobody"),
            owner=owner.employee_id if owner else "",
            password=Password(made, used),
            groups=tuple(groups),
            policies=tuple(policies),
            card=card,
            is_enabled=is_enabled,
            is_admin_half=is_admin_half,
            outsider=outsider,
            trap=trap,
        )
    )


def _free(name: str, taken: set[str]) -> str:
    """A user name nobody has: `mgarcia`, then `mgarcia2`."""
    stem, number = name.rstrip("0123456789"), 1
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    taken.add(name)
    return name
