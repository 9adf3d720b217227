"""A real Active Directory on loopback: Samba as a domain controller that serves LDAP only.

Samba's LDAP ports are fixed (389, 636, 3268), so each domain controller has an address of its own in 127.0.0.0/8 and
two test processes never collide. Binding these ports needs root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.connections.network import LdapConnection
from tests.integration.directories.ldap.slapd import certificates, signed_for

DOMAIN, ADMINISTRATOR, PASSWORD = "DC=corp,DC=example", "Administrator@corp.example", "Adm1n-passw0rd"
PEOPLE = f"OU=People,{DOMAIN}"
TOOLS = ("samba", "samba-tool", "ldbadd", "ldbmodify", "openssl")


@dataclass
class DomainController:
    """The server; `extra` entries go in as LDIF while it serves."""

    folder: Path
    address: str

    @property
    def ldaps(self) -> str:
        return f"ldaps://{self.address}"

    def add(self, ldif: str) -> None:
        """Entries, as LDIF."""
        self._tool("ldbadd", ldif)

    def modify(self, ldif: str, *options: str) -> None:
        """Changes, as LDIF; `--relax` sets what only the system may set."""
        self._tool("ldbmodify", ldif, *options)

    def delete(self, dn: str) -> None:
        """An entry becomes a deleted object."""
        self.tool("ldbdel", dn)

    def tool(self, *command: str) -> None:
        """A tool of Samba, on this domain."""
        _run(*command, "-H", f"tdb://{self.folder}/private/sam.ldb", f"--configfile={self.folder}/etc/smb.conf")

    def connect(self, **keys: Any) -> LdapConnection:
        """A connection that reads it."""
        given = {
            "name": "corp",
            "url": self.ldaps,
            "base_dn": DOMAIN,
            "preset": "active_directory",
            "bind_dn": ADMINISTRATOR,
            "bind_password": SecretStr(PASSWORD),
            "ca_file": certificates().authority,
        }
        return LdapConnection(**{**given, **keys})

    def _tool(self, name: str, ldif: str, *options: str) -> None:
        database = [f"tdb://{self.folder}/private/sam.ldb", f"--configfile={self.folder}/etc/smb.conf"]
        command = [name, "-H", *database, *options]
        done = subprocess.run(command, input=ldif.encode(), capture_output=True, check=False)
        said = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == 0 and not {"Error", "ERR:"} & set(said.split()), said  # noqa: PT018  ldbadd ends well though it stopped


@contextlib.contextmanager
def domain_controller(folder: Path) -> Iterator[DomainController]:
    """Provision a domain in `folder` and serve it until the end."""
    _must_be_possible()
    address = f"127.{64 + os.getpid() // 250**2 % 128}.{os.getpid() // 250 % 250}.{1 + os.getpid() % 250}"
    options = ["--option=bind interfaces only=yes", f"--option=interfaces={address}/8"]
    _run(
        *("samba-tool", "domain", "provision", "--use-rfc2307", "--realm=CORP.EXAMPLE", "--domain=CORP"),
        *("--server-role=dc", "--dns-backend=NONE", f"--adminpass={PASSWORD}", f"--targetdir={folder}"),
        *(f"--option=posix:eadb={folder}/eadb.tdb", "--host-ip=127.0.0.1", *options),
    )
    certificate, key = signed_for(f"IP:{address}")
    tls = {"tls certfile": certificate, "tls keyfile": key, "tls cafile": certificates().authority}
    files = {**tls, "log file": folder / "log", "pid directory": folder, "server services": "ldap"}
    command = ["samba", "-i", "-M", "single", f"--configfile={folder}/etc/smb.conf", *options]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [*command, *(f"--option={name}={value}" for name, value in files.items())], stdout=output, stderr=output
        )
    try:
        _wait(address, process, folder)
        yield DomainController(folder, address)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _must_be_possible() -> None:
    """CI must not go without; elsewhere a machine without Samba, or without root, loses these tests only."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing and "CI" not in os.environ:
        pytest.skip(f"needs {', '.join(missing)}: see the packages in .ci/run")
    if os.geteuid() != 0 and "CI" not in os.environ:
        pytest.skip("needs root: the ports of a domain controller are below 1024")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def _wait(address: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(400):
        assert process.poll() is None, (folder / "output").read_text()
        with contextlib.suppress(OSError), socket.create_connection((address, 636), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the domain controller does not answer")
