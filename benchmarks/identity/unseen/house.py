"""What one unseen company does the same way throughout, drawn anew for each seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.identity.unseen.words import TERMS, Tongue, ascii_word, invented, invented_tongue, key_writers, tongues

STYLES = (
    *("first.last", "flast", "lastf", "last.first", "first_last", "firstlast", "first3last3", "lastdigits"),
    *("number", "random", "initials_number", "given", "prefixed"),
)
"""How user names are made; of the last five only `given` says anything of the name."""
MARKERS = ("tag", "path", "title", "affix", "none")
_SEPARATORS = ("-", ".", "_", "")
_CROSSED_WORDS = ("svc", "bot", "app", "sys", "team", "info", "admin", "ops", "test", "api")
"""What other companies call a machine or a mailbox: here an office, a kind of worker, or people's own prefix."""
_CROSSED_FORMS = tuple(form for word in _CROSSED_WORDS[:6] for form in (f"{word}-{{}}", f"{{}}.{word}"))


@dataclass(frozen=True)
class CloudHabit:
    """How one AWS account is run; `keys` maps a meaning to this account's tag key, where it uses one."""

    username: str  # one of STYLES, or `uid` or `email` for the company's own
    keys: dict[str, str]
    further: dict[str, tuple[str, ...]]  # more keys, about nothing of ours, and the values they take
    people_path: str
    machine_path: str
    owner_on_people: bool  # people's own users carry the owner's tag, with their own name
    owner_forms: tuple[str, ...]  # how owners are written, one chosen for each tag
    creators: float  # share of users that say who made them
    people_form: str  # how this account writes a person's user name around the company's own


@dataclass(frozen=True)
class House:
    """One company; `domains` has the main domain first, the last may be a former one."""

    tongue: Tongue
    people_tongues: tuple[Tongue, ...]
    domains: tuple[str, ...]
    foreign_domains: tuple[str, ...]
    mail_style: str
    uid_style: str
    uid_prefix: str
    spelled_out: bool
    number: str
    number_ldap: str
    family_first: bool
    display: str
    splits_names: bool
    okta_username: str
    markers: tuple[str, ...]  # how machines show that they are some, any of MARKERS
    kind_words: dict[str, str]  # service, shared, emergency, room, test, human: as tags and columns write them
    affixes: dict[str, str]  # admin, external, service, shared, emergency, room, test
    departments: tuple[str, ...]  # some are called what machines are called elsewhere
    titles: tuple[str, ...]
    apps: tuple[str, ...]
    jobs: tuple[str, ...]
    environments: tuple[str, ...]
    cost_centres: tuple[str, ...]
    sites: tuple[str, ...]
    roster_ends: bool  # the roster has a date of leaving
    roster_uid: bool
    columns: dict[str, str]  # headers of columns that are not mapped
    clouds: dict[str, CloudHabit]

    def word(self, term: str) -> str:
        """The company's word for a term, as it would stand in a cell."""
        return self.tongue.terms[term]


def _affix(rng: random.Random, word: str) -> str:
    short = ascii_word(word).replace(" ", "")
    token = rng.choice((short[:2], short[:3], short[:4], short[:1] + short[-1:], invented(rng, 1)))
    separator = rng.choice(_SEPARATORS[:3])
    return rng.choice((f"{token}{separator}{{}}", f"{{}}{separator}{token}"))


def _cloud(rng: random.Random, tongue: Tongue) -> CloudHabit:
    writers = key_writers(rng)
    house = rng.choice(writers)
    keys: dict[str, str] = {}
    for term in TERMS[:21]:
        writer = house if rng.random() < 0.7 else rng.choice(writers)
        word = tongue.terms[term] if rng.random() < 0.8 else invented(rng)
        key = writer(word)
        keys[term] = key if key not in keys.values() else f"{key}2"
    for term in rng.sample(TERMS[8:21], k=3):
        if term not in ("kind", "app"):
            del keys[term]
    return CloudHabit(
        username=rng.choices(("uid", "email", "first.last", "flast", "last.first"), weights=(60, 16, 10, 7, 7))[0],
        keys=keys,
        further={
            rng.choice(writers)(f"{invented(rng)} {invented(rng, 1)}"): tuple(invented(rng) for _ in range(count))
            for count in rng.choices((2, 3, 8, 60), k=rng.randint(4, 8))
        },
        people_path=rng.choice(("/", "/", f"/{ascii_word(tongue.terms['human']).replace(' ', '')}/")),
        machine_path=rng.choice(
            ("/", f"/{invented(rng, 1)}/", f"/{ascii_word(tongue.terms['service']).replace(' ', '')[:4]}/")
        ),
        owner_on_people=rng.random() < 0.4,
        owner_forms=tuple(rng.sample(("mail", "uid", "number", "name", "name_mail"), k=rng.randint(1, 3))),
        creators=rng.uniform(0.4, 1.0),
        people_form=rng.choice(_CROSSED_FORMS) if rng.random() < 0.15 else "{}",
    )


def draw(rng: random.Random) -> House:
    """The habits of one company."""
    tongue = invented_tongue(rng) if rng.random() < 0.25 else rng.choice(tongues())
    spoken = [tongue, *rng.sample(tongues(), k=rng.randint(1, 2))]
    name = invented(rng)
    number = rng.choice(("{:06d}", "{:d}", "{:08d}", invented(rng, 1)[:2].upper() + "{:05d}", "{:05d}"))
    kinds = ("service", "shared", "emergency", "room", "test", "human")
    short = rng.random() < 0.3
    words = {kind: tongue.terms[kind][: 3 if short else 40] for kind in kinds}
    terms = {**tongue.terms, "admin": invented(rng)}
    affixes = {kind: _affix(rng, terms[kind]) for kind in ("admin", "external", *kinds[:-1])}
    if rng.random() < 0.15:
        affixes["external"] = f"{rng.choice(_CROSSED_WORDS[:4])}-{{}}"
    return House(
        tongue=tongue,
        people_tongues=tuple(spoken),
        domains=tuple(f"{each}.example" for each in (name, *(invented(rng) for _ in range(rng.randint(0, 3))))),
        foreign_domains=tuple(f"{invented(rng)}.example" for _ in range(4)),
        mail_style=rng.choice(("first.last", "first.last", "flast", "last.first", "first_last", "firstlast")),
        uid_style=rng.choice(STYLES),
        uid_prefix=rng.choice("uxnkp"),
        spelled_out=rng.random() < 0.4,
        number=number,
        number_ldap=rng.choice((number, number, "{:d}", "{:08d}")),
        family_first=tongue.family_first or rng.random() < 0.15,
        display=rng.choice(("{a} {b}", "{a} {b}", "{f}, {g}", "{F} {g}", "{a} {b} ({d})", "{f}, {g} [{d}]")),
        splits_names=rng.random() < 0.7,
        okta_username=rng.choice(("email", "uid", "upn")),
        markers=tuple(rng.sample(MARKERS, k=rng.randint(2, 4))),
        kind_words=words,
        affixes=affixes,
        departments=(
            *(invented(rng).title() for _ in range(10)),
            *(rng.choice(_CROSSED_WORDS).title() if rng.random() < 0.3 else invented(rng).title() for _ in range(2)),
        ),
        titles=tuple(invented(rng, 3).title() for _ in range(10)),
        apps=tuple(invented(rng) for _ in range(16)),
        jobs=tuple(invented(rng) for _ in range(14)),
        environments=tuple(invented(rng, 1) for _ in range(4)),
        cost_centres=tuple(str(rng.randint(10_000, 99_999)) for _ in range(14)),
        sites=tuple(invented(rng).title() for _ in range(5)),
        roster_ends=rng.random() < 0.85,
        roster_uid=rng.random() < 0.25,
        columns={term: rng.choice(key_writers(rng))(tongue.terms[term]) for term in TERMS[:21]},
        clouds={invented(rng): _cloud(rng, tongue) for _ in range(rng.randint(2, 4))},
    )
