"""A real slapd on loopback, with certificates of its own, that goes away with the test."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

SUFFIX, ADMIN, PASSWORD = "dc=example,dc=org", "cn=admin,dc=example,dc=org", "s3cret-bind-pass"
SCHEMAS = ("core", "cosine", "inetorgperson", "nis", "msuser")
PEOPLE, GROUPS = f"ou=people,{SUFFIX}", f"ou=groups,{SUFFIX}"
BASE = f"""dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {GROUPS}
objectClass: organizationalUnit
ou: groups
"""


@dataclass(frozen=True)
class Certificates:
    """A server's certificate for `localhost`, its key, the authority that signed it, and one that did not."""

    server: Path
    key: Path
    authority: Path
    stranger: Path


@cache
def certificates() -> Certificates:
    """Made once for the process, with openssl."""
    folder = Path(mkdtemp(prefix="certify-tls-"))
    for name in ("authority", "stranger"):
        _openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")),
        )
    server, key = _signed(folder, "DNS:localhost")
    return Certificates(server, key, folder / "authority.pem", folder / "stranger.pem")


def signed_for(name: str) -> tuple[Path, Path]:
    """A certificate and its key for another name, such as `IP:127.0.0.2`, signed by the same authority."""
    return _signed(certificates().authority.parent, name)


def _signed(folder: Path, name: str) -> tuple[Path, Path]:
    key, request, server, names = (folder / f"{name[3:]}.{ending}" for ending in ("key", "csr", "crt", "cnf"))
    _openssl(
        "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(request)
    )
    names.write_text(f"subjectAltName={name}\n")
    _openssl(
        *("x509", "-req", "-days", "2", "-in", str(request), "-CA", str(folder / "authority.pem")),
        *("-CAkey", str(folder / "authority.key"), "-CAcreateserial", "-extfile", str(names), "-out", str(server)),
    )
    key.chmod(0o600)
    return server, key


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@dataclass
class Slapd:
    """The server; `ldaps` and `ldap` are its URLs, `extra` lines of the configuration of its database."""

    folder: Path
    process: subprocess.Popen[bytes]
    port: int
    tls_port: int

    @property
    def ldap(self) -> str:
        return f"ldap://localhost:{self.port}"

    @property
    def ldaps(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    def add(self, ldif: str) -> None:
        """Entries, as LDIF."""
        self._tool("ldapadd", ldif, ADMIN, PASSWORD)

    def modify(self, ldif: str) -> None:
        """Changes, as LDIF."""
        self._tool("ldapmodify", ldif, ADMIN, PASSWORD)

    def login(self, dn: str, password: str) -> bool:
        """Whether somebody gets in."""
        command = ["ldapwhoami", "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", dn, "-w", password]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _tool(self, name: str, ldif: str, dn: str, password: str) -> None:
        command = [name, "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", dn, "-w", password]
        done = subprocess.run(command, input=ldif.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()


@contextlib.contextmanager
def slapd(
    folder: Path,
    extra: Sequence[str] = (),
    *,
    tls: bool = True,
    above: Sequence[str] = (),
    schemas: Sequence[str] = SCHEMAS,
    ppolicy: bool = True,
) -> Iterator[Slapd]:
    """Start one in `folder`, with the suffix and two organizational units in it.

    The overlay memberof does nothing beside the schema `msuser`.
    """
    _must_be_installed()
    port, tls_port = _free_ports()
    (folder / "data").mkdir()
    configuration = folder / "slapd.conf"
    configuration.write_text(
        "\n".join([*_global(folder, schemas, tls=tls, ppolicy=ppolicy), *above, *_database(folder), *extra, ""])
    )
    urls = [f"ldap://127.0.0.1:{port}", *([f"ldaps://127.0.0.1:{tls_port}"] if tls else [])]
    command = ["slapd", "-f", str(configuration), "-h", " ".join(urls), "-d", "0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        server = Slapd(folder, process, port, tls_port)
        _wait(port, process, folder)
        server.add(BASE)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=10)


def _must_be_installed() -> None:
    """CI must not go without; a machine that has no LDAP server loses these tests only."""
    missing = [tool for tool in ("slapd", "ldapadd", "openssl") if shutil.which(tool) is None]
    if missing and "CI" not in os.environ:
        pytest.skip(f"needs {', '.join(missing)}: apt-get install slapd ldap-utils openssl")


def _global(folder: Path, schemas: Sequence[str], *, tls: bool, ppolicy: bool) -> list[str]:
    certificate = certificates()
    names = ("TLSCertificateFile", "TLSCertificateKeyFile", "TLSCACertificateFile")
    files = (certificate.server, certificate.key, certificate.authority)
    return [
        *(f"include /etc/ldap/schema/{name}.schema" for name in schemas),
        f"pidfile {folder}/pid",
        "modulepath /usr/lib/ldap",
        "moduleload back_mdb",
        *(["moduleload ppolicy"] if ppolicy else []),
        *(f"{name} {file}" for name, file in zip(names, files, strict=True) if tls),
    ]


def _database(folder: Path) -> list[str]:
    return [
        "database mdb",
        "maxsize 268435456",
        f'suffix "{SUFFIX}"',
        f'rootdn "{ADMIN}"',
        f"rootpw {PASSWORD}",
        f"directory {folder}/data",
    ]


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, (folder / "log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("slapd does not answer")
