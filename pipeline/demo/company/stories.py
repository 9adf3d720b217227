"""The history of the sample company's AWS logins: every kind of finding, and the traps beside them."""

from __future__ import annotations

from pipeline.demo.company.accounts import CONTRACTOR_BOUNDARY
from pipeline.demo.company.logins import Key, Password
from pipeline.demo.company.scenario_builder import DATA, PROD, STAGING, ScenarioBuilder


def tell(tale: ScenarioBuilder) -> None:
    """All stories of persons, in a fixed order."""
    in_use(tale)
    several_directories(tale)
    stale_passwords(tale)
    stale_keys(tale)
    without_credentials(tale)
    left_the_company(tale)
    contractors(tale)
    twins_and_doubles(tale)
    traps_in_names(tale)
    administrators(tale)
    data_platform(tale)


def in_use(tale: ScenarioBuilder) -> None:
    """Nothing to find."""
    for _ in range(16):
        tale.add(
            tale.pick("Engineering", "Finance", "Support", "Security"), PROD, "console in use", tale.used_password()
        )
    for position in range(10):
        where = PROD if position % 2 else STAGING
        tale.add(tale.pick("Engineering", "Platform"), where, "key in use", None, tale.used_key())
    for _ in range(6):
        person = tale.pick("Engineering", "Platform", "Support")
        tale.add(person, PROD, "console and key in use", tale.used_password(), tale.used_key())
    for _ in range(3):
        tale.add(tale.pick(), STAGING, "new key, not used yet", None, Key(tale.draw.uniform(3, 40)))


def several_directories(tale: ScenarioBuilder) -> None:
    """One person in two or three AWS accounts; the second is easily forgotten."""
    for position in range(8):
        person = tale.pick("Engineering", "Platform")
        tale.add(person, PROD, "in two AWS accounts", tale.used_password(), how="email")
        if position % 2:
            tale.add(person, STAGING, "in two AWS accounts", tale.used_password(), how="both")
        else:
            tale.add(person, STAGING, "in two AWS accounts, this one forgotten", tale.stale_password(), how="both")
    for _ in range(3):
        person = tale.pick("Data")
        for where, how in ((PROD, "both"), (STAGING, "employee_id"), (DATA, "email")):
            tale.add(person, where, "in three AWS accounts", tale.used_password(), how=how)


def stale_passwords(tale: ScenarioBuilder) -> None:
    """Used long ago, or never."""
    for position in range(7):
        where = PROD if position % 3 else STAGING
        tale.add(tale.pick(), where, "stale password", tale.stale_password())
    for _ in range(2):
        tale.add(tale.pick(), PROD, "password never used", Password(tale.forgotten(300)))


def stale_keys(tale: ScenarioBuilder) -> None:
    """Judged key by key: a fresh one hides no stale one, and an inactive one hides none either."""
    engineers = ("Engineering", "Platform", "Support")
    for position in range(5):
        where = STAGING if position % 2 else PROD
        tale.add(tale.pick(*engineers), where, "stale key", None, tale.stale_key())
    for _ in range(2):
        tale.add(tale.pick(*engineers), PROD, "old key, never used", None, Key(tale.forgotten(400)))
    for _ in range(2):
        first = tale.key(tale.forgotten(300), status="Inactive")
        story = "second key stale while the first is switched off"
        tale.add(tale.pick(*engineers), PROD, story, None, first, tale.stale_key(200))
    for _ in range(3):
        story = "one key in use, one forgotten"
        tale.add(tale.pick(*engineers), PROD, story, None, tale.used_key(), tale.stale_key())
    for _ in range(2):
        story = "key in use, password forgotten"
        tale.add(tale.pick(*engineers), STAGING, story, tale.stale_password(), tale.used_key())


def without_credentials(tale: ScenarioBuilder) -> None:
    """Nothing to log in with, whatever was used once."""
    for _ in range(2):
        tale.add(tale.pick(), PROD, "password deleted, its last use left behind", leftover=tale.forgotten())
    tale.add(tale.pick(), STAGING, "password deleted, key in use", None, tale.used_key(), leftover=tale.forgotten())
    for _ in range(2):
        off = tale.key(tale.forgotten(), status="Inactive")
        tale.add(tale.pick("Engineering", "Platform"), STAGING, "all keys switched off", None, off)
    tale.add(tale.pick(), PROD, "never given a credential")


def left_the_company(tale: ScenarioBuilder) -> None:
    """The end date decides; HR's word lags behind it, or is all there is."""
    gone = tale.leave(tale.pick(), 34)
    tale.add(gone, PROD, "left, key still in use", None, tale.used_key(), how="both")
    gone = tale.leave(tale.pick(), 61)
    tale.add(gone, STAGING, "left, key still in use", None, tale.key(1.4), how="employee_id")
    tale.add(tale.leave(tale.pick(), 25), PROD, "left, signed in afterwards", tale.password(6.2))
    tale.add(tale.leave(tale.pick(), 19, "Active"), PROD, "left, HR still says active", tale.password(22.5))
    tale.add(tale.leave(tale.pick(), None), STAGING, "left, HR gives no date", tale.used_password())
    tale.add(tale.leave(tale.pick(), 210), PROD, "left, stale since", tale.password(213.4))
    tale.add(tale.leave(tale.pick(), 330), STAGING, "left, stale since", None, tale.key(331.8), tale.key(420.0))
    tale.add(tale.leave(tale.pick(), 150), PROD, "left, switched off", leftover=152.6)
    gone = tale.leave(tale.pick("Engineering"), 47)
    tale.add(gone, PROD, "left, with logins in two AWS accounts", tale.password(48.0), how="email")
    tale.add(gone, STAGING, "left, with logins in two AWS accounts", tale.password(188.0), how="both")
    tale.add(tale.leave(tale.pick(), -21, "Active"), PROD, "leaves in three weeks", tale.used_password(), how="email")
    for _ in range(7):
        tale.leave(tale.pick(), tale.draw.uniform(30, 700))


def contractors(tale: ScenarioBuilder) -> None:
    """In the roster, but not employees; fenced in by a permissions boundary."""
    for _ in range(4):
        person = tale.change(
            tale.pick("Engineering", "Support"), worker_type="Contractor", ended_on=tale.day(-180), title="Contractor"
        )
        tale.add(
            person,
            STAGING,
            "contractor behind a boundary",
            tale.used_password(),
            how="email",
            path="/external/",
            boundary=CONTRACTOR_BOUNDARY,
            groups=("everyone", "contractors"),
        )


def twins_and_doubles(tale: ScenarioBuilder) -> None:
    """Two logins of one person in one AWS account: an admin twin, or a double nobody meant."""
    for where in (PROD, PROD, STAGING):
        person = tale.pick("Platform", "Engineering")
        tale.add(person, where, "everyday half of an admin twin", tale.used_password(), how="email")
        name, story = f"{person.name.short}-adm", "admin half of an admin twin"
        groups = ["admins"]
        tale.add(person, where, story, tale.used_password(), how="email", name=name, groups=groups, is_admin_half=True)
    for _ in range(2):
        person = tale.pick("Engineering")
        tale.add(person, STAGING, "two logins in one AWS account", tale.used_password(), how="email")
        story = "two logins in one AWS account, this one forgotten"
        tale.add(person, STAGING, story, tale.stale_password(), how="username")


def traps_in_names(tale: ScenarioBuilder) -> None:
    """Names that careless software takes for something else."""
    story = "one user name, two persons"
    tale.add(tale.cast("maria.garcia"), PROD, story, tale.used_password(), how="both")
    trap = "same user name, another person"
    tale.add(tale.cast("miguel.garcia"), STAGING, story, tale.used_password(), how="both", trap=trap)
    tale.add(tale.cast("anh.na"), PROD, "named NA", tale.used_password(), how="both")
    tale.add(tale.cast("wulandari"), STAGING, "has one name", tale.used_password(), how="email")
    tale.add(tale.cast("daniel.botha"), PROD, "no bot", None, tale.used_key(), how="employee_id")
    tale.add(tale.cast("test.userson"), STAGING, "no test user", tale.used_password(), how="email")
    tale.add(tale.cast("jean-luc.dangelo"), PROD, "has an apostrophe", tale.stale_password(), how="loud")
    tale.add(tale.cast("mohammed.alfarsi"), STAGING, "a name in other letters", None, tale.stale_key(), how="both")
    tale.add(tale.cast("charlotte.okonjo"), PROD, "has married", tale.used_password(), how="email")
    everywhere = tale.cast("yuki.tanaka")
    for where, how in ((PROD, "both"), (STAGING, "loud"), (DATA, "no_zeros")):
        tale.add(everywhere, where, "has a login everywhere", tale.used_password(), how=how)


def administrators(tale: ScenarioBuilder) -> None:
    """Every way to be allowed everything: attached, by a group, by a policy of the company's own, inline."""
    lead = tale.cast("jan.vanderberg")
    tale.add(lead, PROD, "administrator", tale.password(2.2), how="both", policies=["AdministratorAccess"])
    tale.add(tale.cast("olumide.adeyemi"), PROD, "security lead", tale.password(1.1), how="both")
    operators = ("everyone", "operators")
    tale.add(tale.pick("Platform"), PROD, "administrator by a group", tale.password(3.7), groups=operators)
    inline = {"temporary-do-not-keep": ("*",)}
    tale.add(tale.pick("Platform"), STAGING, "administrator by an inline policy", tale.password(5.1), inline=inline)


def data_platform(tale: ScenarioBuilder) -> None:
    """Where nobody may learn when keys were used: nothing about keys is known, everything about passwords is."""
    for local in ("christopher.null", "xiuying.wang", "thorunn.bjornsdottir"):
        tale.add(tale.cast(local), DATA, "console in use", tale.used_password(), how="both")
    for position in range(8):
        key = [Key(tale.draw.uniform(120, 500), tale.used())] if position % 2 else []
        tale.add(tale.pick("Data"), DATA, "console in use", tale.used_password(), *key)
    for _ in range(2):
        tale.add(tale.pick("Data"), DATA, "stale password, no key", tale.stale_password())
    for _ in range(2):
        story = "stale password, and a key nobody may look at"
        tale.add(tale.pick("Data"), DATA, story, tale.stale_password(), Key(260.0, tale.used()))
    for used in (tale.used(), tale.used(), tale.forgotten()):
        tale.add(tale.pick("Data"), DATA, "key nobody may look at", None, Key(700.0, used), how="email")
