"""The kinds that do not read AWS, each against the real thing: a file, a slapd, a SCIM service."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pipeline.connections.models import FileConnection
from pipeline.directories.file.reader import FILE
from tests.contract.running import Person, Running
from tests.integration.directories.ldap.breaking import Breaking
from tests.integration.directories.ldap.reading import QUICK
from tests.integration.directories.ldap.reading import connect as connect_ldap
from tests.integration.directories.ldap.slapd import ADMIN, PASSWORD, PEOPLE, SUFFIX, Slapd, certificates, slapd
from tests.integration.directories.scim.reading import connect as connect_scim
from tests.integration.directories.scim.reading import quick
from tests.integration.directories.scim.service import TOKEN, Service


class RunningFile(Running):
    """`file`: a csv."""

    kind, main_action = "file", "file:Open"
    abilities = frozenset({"lost", "own command"})
    file_name = "people.csv"

    def __init__(self, folder: Path) -> None:
        self.path, self._people = folder / self.file_name, dict[str, str]()
        self.directory, self.connection = FILE, FileConnection(name="contract", path=self.path)
        self._write()

    def entry(self) -> dict[str, str]:
        return {"name": "contract", "kind": "file", "path": str(self.path)}

    def put(self, people: Iterable[Person]) -> None:
        self._people.update({each.username: each.shown for each in people})
        self._write()

    def drop(self, usernames: Iterable[str]) -> None:
        for each in usernames:
            del self._people[each]
        self._write()

    def gone(self) -> None:
        self.path.unlink()

    def lose(self) -> None:
        whole = self.path.read_bytes()
        self.path.write_bytes(whole[: whole.rindex(b'"')])

    def _write(self) -> None:
        with self.path.open("w", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(["username", "display_name"])
            writer.writerows(self._people.items())


class RunningLdap(Running):
    """`ldap`: a slapd, with a wire before it that can break."""

    kind, main_action = "ldap", "ldap:SearchUsers"
    abilities = frozenset({"pages", "flaky", "lost", "credentials", "own command", "secret"})
    secrets = (PASSWORD,)

    def __init__(self, server: Slapd, stack: ExitStack) -> None:
        self._server, self._stack = server, stack
        self.directory, self.connection = QUICK, connect_ldap(server, name="contract")

    def entry(self) -> dict[str, str]:
        return {
            "name": "contract",
            "kind": "ldap",
            "url": self._server.ldaps,
            "base_dn": SUFFIX,
            "bind_dn": ADMIN,
            "bind_password": "${LDAP_PASSWORD}",
            "ca_file": str(certificates().authority),
        }

    def environ(self) -> dict[str, str]:
        return {"LDAP_PASSWORD": PASSWORD}

    def put(self, people: Iterable[Person]) -> None:
        for each in people:
            shown = base64.b64encode(each.shown.encode()).decode()
            self._server.add(
                f"dn: uid={each.username},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {each.username}\ncn: x\nsn: x\n"
                f"displayName:: {shown}\n"
            )

    def drop(self, usernames: Iterable[str]) -> None:
        for each in usernames:
            self._server.modify(f"dn: uid={each},{PEOPLE}\nchangetype: delete\n")

    def gone(self) -> None:
        self._server.process.terminate()
        self._server.process.wait(timeout=10)

    def pages(self, size: int) -> None:
        self.connection = self.connection.model_copy(update={"page_size": size})

    def flaky(self) -> None:
        self._wire([5000, 2200, 7000, 3100])
        self.pages(2)

    def lose(self) -> None:
        self._wire([5000] * 50)
        self.pages(1)

    def lock_out(self) -> None:
        self.connection = self.connection.model_copy(update={"bind_password": SecretStr("another-password")})

    def _wire(self, break_after: list[int]) -> None:
        wire = self._stack.enter_context(Breaking(self._server.ldap, break_after))
        self.connection = self.connection.model_copy(update={"url": f"ldap://localhost:{wire.port}"})


class RunningScim(Running):
    """`scim`: the reference service."""

    kind, main_action = "scim", "scim:ListUsers"
    abilities = frozenset({"pages", "flaky", "lost", "credentials", "denied", "own command", "secret"})
    secrets = (TOKEN,)

    def __init__(self, service: Service) -> None:
        self._service, self._ids = service, dict[str, str]()
        self.directory, self.connection = quick(), connect_scim(service, name="contract")

    def entry(self) -> dict[str, str]:
        return {"name": "contract", "kind": "scim", "url": self._service.url, "token": "${SCIM_TOKEN}"}

    def environ(self) -> dict[str, str]:
        return {"SCIM_TOKEN": TOKEN}

    def put(self, people: Iterable[Person]) -> None:
        self._ids |= {each.username: self._service.user(each.username, displayName=each.shown) for each in people}
        if self._ids:
            self._service.group("everybody", *self._ids.values())

    def drop(self, usernames: Iterable[str]) -> None:
        for each in usernames:
            self._service.delete(f"/Users/{self._ids.pop(each)}")

    def gone(self) -> None:
        self.connection = self.connection.model_copy(update={"url": "http://127.0.0.1:1/v2"})

    def pages(self, size: int) -> None:
        self._service.faults.page_limit = size

    def flaky(self) -> None:
        self._service.faults.rate = 0.2
        self.pages(2)

    def lose(self) -> None:
        def without_its_first(path: str, answer: dict[str, Any]) -> dict[str, Any]:
            return {**answer, "Resources": answer["Resources"][1:]} if path.endswith("/Users") else answer

        self._service.faults.rewrite = without_its_first

    def lock_out(self) -> None:
        self._service.tokens.intersection_update({"another"})
        self._service.tokens.add("another")

    def deny(self) -> None:
        self._service.faults.denied = {"Users"}


@contextmanager
def running_file(folder: Path) -> Iterator[Running]:
    yield RunningFile(folder)


@contextmanager
def running_ldap(folder: Path) -> Iterator[Running]:
    with ExitStack() as stack, slapd(folder) as server:
        yield RunningLdap(server, stack)


@contextmanager
def running_scim(folder: Path) -> Iterator[Running]:
    del folder
    with Service() as service:
        yield RunningScim(service)
