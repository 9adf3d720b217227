"""The sample company's service, break-glass, shared and ownerless logins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.demo.company.logins import Key, Login, Ownership, Password
from pipeline.demo.company.people import Person
from pipeline.demo.company.scenario_builder import DATA, PROD, STAGING, ScenarioBuilder

CONSULTANT = "h.delacroix@brightwave-consulting.example"
OWNED, UNOWNED, LEFT = "service with an owner", "service nobody owns", "service whose owner left"


def services(tale: ScenarioBuilder) -> None:
    """Service users: owned, owned by somebody who left, and by nobody."""
    platform, data, finance = (tale.cast(local) for local in ("jan.vanderberg", "xiuying.wang", "siobhan.obrien"))
    left = tale.leave(tale.cast("lukasz.wisniewski"), 96)
    by_mail, by_number = {"owner": platform.email}, {"owner": platform.employee_id}
    nowhere = {"owner": "platform-leads@tidewater.example"}

    def service(
        where: str,
        name: str,
        owner: Person | None,
        tags: Mapping[str, str],
        used: float,
        story: str,
        *more: Key,
        path: str = "/service/",
        policies: Sequence[str] = (),
    ) -> None:
        keys = (*more, tale.key(used))
        ownership: Ownership = "person" if owner else "nobody"
        tale.logins.append(
            Login(
                connection=where,
                name=name,
                story=story,
                kind="service",
                created=max(key.created for key in keys) + 10,
                ownership=ownership,
                owner=owner.employee_id if owner else "",
                tags=tags,
                path=path,
                keys=keys,
                policies=tuple(policies),
            )
        )

    service(PROD, "svc-backup", platform, by_mail | {"service": "backup"}, 0.3, OWNED)
    service(PROD, "ci-deploy", platform, by_number, 0.1, OWNED, policies=["PowerUserAccess"])
    service(PROD, "svc-telemetry", platform, by_mail, 0.1, "service whose old key was never retired", Key(700.0, 210.0))
    service(PROD, "svc-invoicing", finance, {"owner": finance.email}, 1.6, OWNED, path="/")
    service(PROD, "svc-legacy-export", left, {"owner": left.email}, 4.8, LEFT)
    service(PROD, "ci-terraform", None, {}, 2.4, UNOWNED, path="/", policies=["AdministratorAccess"])
    service(PROD, "svc-old-crm-sync", None, {}, 380.0, "service nobody owns and nobody uses", path="/")
    service(STAGING, "svc-backup", data, {"owner": data.email}, 0.4, "same service name, another owner")
    service(STAGING, "ci-github-runner", platform, by_number | {"kind": "service"}, 0.2, OWNED, path="/")
    service(STAGING, "svc-loadtest", left, {"owner": left.employee_id}, 190.0, LEFT)
    service(STAGING, "ci-preview", None, nowhere, 12.0, "service whose owner tag leads nowhere", path="/")
    service(DATA, "svc-airflow", data, {"owner": data.email}, 0.1, OWNED)
    service(DATA, "svc-dbt", data, {"owner": data.employee_id}, 0.2, OWNED)
    service(DATA, "svc-kafka-sink", None, {}, 3.3, UNOWNED)


def break_glass(tale: ScenarioBuilder) -> None:
    """For emergencies, tried in a drill a month ago; by its tag never a person, and so never a duplicate."""
    keeper = tale.cast("olumide.adeyemi")
    for where, name in ((PROD, "break-glass-1"), (PROD, "break-glass-2"), (STAGING, "break-glass-1")):
        tale.logins.append(
            Login(
                connection=where,
                name=name,
                story="break-glass user",
                kind="break_glass",
                created=900.0,
                owner=keeper.employee_id,
                tags={"break-glass": "true", "owner": keeper.email},
                password=Password(900.0, 33.0),
                mfa=True,
                policies=("AdministratorAccess",),
            )
        )


def shared(tale: ScenarioBuilder) -> None:
    """An address that many logins have in common is nobody's."""
    lead, finance = tale.cast("jan.vanderberg"), tale.cast("siobhan.obrien")
    seats = [
        (STAGING, f"workshop-{seat}", "labs", lead, "seat of a workshop, one mailbox for all") for seat in range(1, 5)
    ]
    for where, name, mailbox, owner, story in [(PROD, "billing-mailbox", "billing", finance, "shared mailbox"), *seats]:
        tags = {"email": f"{mailbox}@tidewater.example", "kind": "shared", "owner": owner.email}
        password = Password(500.0, tale.used())
        tale.logins.append(
            Login(where, name, story, "shared", 510.0, owner=owner.employee_id, tags=tags, password=password)
        )


def unknown(tale: ScenarioBuilder) -> None:
    """Logins that lead to nobody in the roster, or to two."""

    def one(
        where: str,
        name: str,
        story: str,
        tags: Mapping[str, str],
        used: float,
        ownership: Ownership = "nobody",
        trap: str = "",
    ) -> None:
        password = tale.password(used)
        tale.logins.append(
            Login(
                where,
                name,
                story,
                "human",
                password.created + 5,
                ownership,
                tags=tags,
                password=password,
                outsider=tags.get("email", "") if ownership == "nobody" else "",
                trap=trap,
            )
        )

    first, second, third, fourth = (tale.pick("Finance", "Support", "Engineering") for _ in range(4))
    consultant = {"email": CONSULTANT, "company": "Brightwave"}
    story = "consultant HR does not know, in two AWS accounts"
    one(PROD, "hdelacroix", story, consultant, 8.0)
    one(STAGING, "hdelacroix", story, consultant, 130.0)
    one(PROD, "tvolkov", "auditor HR does not know", {"email": "t.volkov@audit-partners.example"}, 240.0)
    one(STAGING, "pguest", "guest HR does not know", {"email": "p.guest@university.example"}, 16.0)
    one(PROD, "qzarembski", "login without any tag", {}, 28.0)
    one(STAGING, "uwelby", "login without any tag", {}, 520.0)
    one(DATA, "kfairweather", "login without any tag", {}, 11.0)
    story = "two persons by one login's tags"
    mixed = {"email": first.email, "employee_id": second.employee_id}
    one(PROD, "reassigned-laptop", story, mixed, 9.0, "ambiguous", "tags name two persons")
    mixed = {"email": third.email, "employee_id": fourth.employee_id}
    one(STAGING, "handed-over", story, mixed, 170.0, "ambiguous")
