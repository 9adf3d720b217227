"""Starts the sample company's emulated AWS and LDAP server.

moto is imported only when a demo really starts: homes of real connections come by here too, without the demo extra.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.connections.network import LdapConnection
from pipeline.connections.yaml_file import add_connections, load_connections, update_connection
from pipeline.demo.ldap_server import LdapServer, LdapUnavailableError
from pipeline.home import Home, private_write
from pipeline.problems import ConfigurationError, Problem

if TYPE_CHECKING:
    from pipeline.demo.company import Company
    from pipeline.demo.emulator import Emulator


@dataclass(frozen=True)
class Demo:
    """A demo that is running; `company.truth()` says what has to be found in it.

    `ldap` is the server that holds its directory; None where that is read from a file, `no_ldap` saying why.
    """

    home: Home
    aws: Emulator
    company: Company
    ldap: LdapServer | None = None
    no_ldap: str = ""


@contextmanager
def start(home: Home, now: datetime, environ: MutableMapping[str, str] | None = None) -> Iterator[Demo]:
    """Run the sample company of `home`, and make a new home the company's: demo.json, connections.yaml, its files.

    The company's dates count back from `now`, in a home that has one already from when it was made. `environ` (the
    process's own) points at the emulated AWS meanwhile and is as before afterwards. Raises ConfigurationError for a
    home of real connections, and for a demo.json that cannot be read.
    """
    home.ensure()
    if not home.demo_file.exists():
        _refuse_real(home)
        _found(home, now)
    with _running(home) as demo:
        _furnish(demo)
        with demo.aws.exported({} if environ is None else environ):
            yield demo


@contextmanager
def attach(home: Home, environ: MutableMapping[str, str]) -> Iterator[Demo | None]:
    """Have the emulated AWS of a demo home for a while; nothing happens, and None is given, in any other home.

    Nothing happens either where AWS_ENDPOINT_URL is set: then somebody, maybe `start` in a parent process, has said
    which AWS to use.
    """
    if environ.get("AWS_ENDPOINT_URL") or not home.demo_file.exists():
        yield None
        return
    with _running(home) as demo, demo.aws.exported(environ):
        yield demo


@contextmanager
def _running(home: Home) -> Iterator[Demo]:
    from pipeline.demo.company import populate
    from pipeline.demo.emulator import Emulator

    seed, anchor = _remembered(home)
    with Emulator() as aws, ExitStack() as served:
        company = populate(aws, anchor, seed)
        try:
            ldap, reason = _serve(served, home, company), ""
        except LdapUnavailableError as refusal:
            ldap, reason = None, str(refusal)
        yield Demo(home, aws, company, ldap, reason)


def _serve(served: ExitStack, home: Home, company: Company) -> LdapServer | None:
    """Have the company's LDAP server run, made where the home is new; None where the home does not use one."""
    from pipeline.demo.company import LDAP_SUFFIX, READER

    server = LdapServer(home.root / "ldap", LDAP_SUFFIX, READER)
    is_new = not home.connections_file.exists()
    if not server.exists and not is_new:
        return None
    try:
        if not server.exists:
            server.make(company.server_ldif)
        before = server.url
        served.enter_context(server.running())
    except LdapUnavailableError:
        if is_new:
            server.remove()
        raise
    if server.url != before:
        _move(home, before, server.url)
    return server


def _move(home: Home, before: str, url: str) -> None:
    """The port was somebody else's this time: let the connection know, if it is still the one that was made here."""
    for connection in load_connections(home, os.environ) if home.connections_file.exists() else ():
        if isinstance(connection, LdapConnection) and connection.url == before:
            update_connection(home, connection.name, {"url": url})


def _refuse_real(home: Home) -> None:
    if home.connections_file.exists():
        reason = "has connections of its own, and the sample company is not to be mixed with them"
        raise ConfigurationError(Problem.of("home_unusable", home=home.root, reason=reason))


def _found(home: Home, now: datetime) -> None:
    """Written before anything else, so that a start that was killed half-way is continued and not refused."""
    from pipeline.demo.company import COMPANY, SEED

    anchor = now.astimezone(UTC).replace(microsecond=0)
    story = {"company": COMPANY, "seed": SEED, "anchor": anchor.isoformat()}
    private_write(home.demo_file, json.dumps(story, indent=2) + "\n")


def _remembered(home: Home) -> tuple[int, datetime]:
    try:
        story = json.loads(home.demo_file.read_text(encoding="utf-8"))
        seed, anchor = story["seed"], datetime.fromisoformat(story["anchor"])
        if type(seed) is not int or anchor.tzinfo is None:
            raise ValueError("seed is a whole number, anchor an instant with its zone")
    except (ValueError, KeyError, TypeError) as fault:
        faults = f"  {home.demo_file.name}: {fault}"
        raise ConfigurationError(Problem.of("invalid_file", file=home.demo_file, faults=faults)) from fault
    return seed, anchor


def _furnish(demo: Demo) -> None:
    """Write what is missing; what the user has changed stays changed."""
    from pipeline.demo.company import LDIF_FILE, ROSTER_FILE

    root = demo.home.root
    if not (root / ROSTER_FILE).exists():
        demo.company.write_roster(root / ROSTER_FILE)
    if not demo.home.connections_file.exists():
        if demo.ldap is None:
            demo.company.write_ldif(root / LDIF_FILE)
        keys = demo.ldap.connection_keys(root) if demo.ldap else None
        add_connections(demo.home, demo.company.connections(keys), {})
